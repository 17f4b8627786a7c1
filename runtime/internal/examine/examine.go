// Package examine has the conformance suite examine a plugin's executable.
//
// It finds and starts the file by the catalog, as a run of a flow does, so that a plugin is judged under the conditions under which it will
// work. What is examined, and how it is told, is the suite's business. It is for the command line's `plugin test`.
package examine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/authrun/authrun/runtime/internal/catalog"
	"github.com/authrun/authrun/sdk/client"
	"github.com/authrun/authrun/sdk/sdktest/conformance"
	"github.com/authrun/authrun/sdk/sdktest/script"
)

// filePrefix is what every plugin's file name begins with; the vendor's name follows.
const filePrefix = "authrun-plugin-"

// Options are the settings of an examination.
type Options struct {
	// Script is the path of the script's file; empty: there is none.
	Script string
	// TempDirs are folders, of which the first one with a path that is short enough for a socket's gets a folder for the connection, which is
	// removed at the end.
	TempDirs []string
	// Launcher is the program that holds a plugin in its sandbox, where it is to work, too; empty: there is none.
	Launcher string
	// AllowInterpreter starts a plugin that is a script, by the interpreter that its manifest names.
	AllowInterpreter bool
	// HostVersion is the version of this authrun.
	HostVersion string
	// Begins is told the name of each check before it is made; nil: nobody wants to know.
	Begins func(check string)
}

// Vendor is the vendor that a plugin's file is named for; an error says what is wrong with its name.
func Vendor(path string) (string, error) {
	name := strings.TrimSuffix(filepath.Base(path), ".exe")
	vendor, ok := strings.CutPrefix(name, filePrefix)
	if !ok || vendor == "" {
		return "", fmt.Errorf("the file %s is not named as a plugin is, %sVENDOR, by which authrun finds it", path, filePrefix)
	}
	return vendor, nil
}

// Plugin examines the plugin in the file at path. What is wrong with the plugin, be it that the file is none or does not start, is in the report. An
// error says that there is nothing to examine: no such file, a file whose name is no plugin's, a script that cannot be read.
func Plugin(ctx context.Context, path string, o Options) (report conformance.Report, err error) {
	vendor, err := Vendor(path)
	if err != nil {
		return report, err
	}
	if _, err := os.Stat(path); err != nil {
		return report, fmt.Errorf("the plugin cannot be looked at: %w", err)
	}
	var by *script.Script
	if o.Script != "" {
		if by, err = read(o.Script, vendor); err != nil {
			return report, err
		}
	}
	folder, err := filepath.Abs(filepath.Dir(path))
	if err != nil {
		return report, err
	}
	if !o.AllowInterpreter {
		if err := refuseScript(vendor, path); err != nil {
			return report, err
		}
	}
	roots, remove, err := runRoots(o.TempDirs)
	if err != nil {
		return report, err
	}
	defer func() { err = errors.Join(err, remove()) }()
	e := &examination{vendor: vendor, options: catalog.Options{Dirs: []string{folder}, RunRoots: roots, HostVersion: o.HostVersion,
		Launcher: o.Launcher, AllowScripts: o.AllowInterpreter}}
	defer func() { err = errors.Join(err, e.close()) }()
	return conformance.Run(ctx, conformance.Subject{Start: e.start, Begins: o.Begins}, by), nil
}

// refuseScript refuses a plugin that an interpreter runs.
func refuseScript(vendor, path string) error {
	s, err := catalog.New(catalog.Options{}).Script(vendor, path)
	if err != nil || s == nil {
		return nil // what is wrong with it the examination tells
	}
	return &catalog.Unconsented{Script: *s, How: "test it with --allow-interpreter"}
}

// runRoots makes a folder in each of these, where that can be done. remove removes them.
func runRoots(folders []string) (roots []string, remove func() error, err error) {
	var problems []error
	for _, folder := range folders {
		root, err := os.MkdirTemp(folder, "authrun")
		if err != nil {
			problems = append(problems, err)
			continue
		}
		roots = append(roots, root)
	}
	if len(roots) == 0 {
		return nil, nil, fmt.Errorf("there is no place for the connection to the plugin: %w", errors.Join(problems...))
	}
	return roots, func() (err error) {
		for _, root := range roots {
			err = errors.Join(err, os.RemoveAll(root))
		}
		return err
	}, nil
}

// read reads a script for the plugin of a vendor.
func read(path, vendor string) (*script.Script, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("the script cannot be read: %w", err)
	}
	s, err := script.Read(text, vendor)
	if err != nil {
		return nil, fmt.Errorf("the script %s cannot be used: %w", path, err)
	}
	if s.RecordedBy != "" && len(s.Good)+len(s.Refused)+len(s.Dead) == 0 {
		return nil, fmt.Errorf("the script %s has nothing of vendor %s: it is the record of another flow, or nothing was called then", path, vendor)
	}
	return &s, nil
}

// examination is a catalog of the one plugin that is examined.
type examination struct {
	vendor  string
	options catalog.Options
	catalog *catalog.Catalog
}

// start starts the plugin as the catalog does, but with what it says going where the suite listens.
func (e *examination) start(ctx context.Context, listen client.Options) (conformance.Process, error) {
	var started *client.Process
	e.options.Start = func(ctx context.Context, b client.Binary, o client.Options) (catalog.Process, error) {
		o.Redact, o.Log, o.CallTimeout = listen.Redact, listen.Log, listen.CallTimeout
		p, err := client.Start(ctx, b, o)
		if err != nil {
			return nil, err // not p: a nil *client.Process is no nil Process
		}
		started = p
		return p, nil
	}
	e.catalog = catalog.New(e.options)
	// Described first, so that the catalog refuses here what it would refuse in a flow.
	if _, err := e.catalog.Describe(ctx, e.vendor); err != nil {
		return nil, err
	}
	return started, nil
}

// close stops what was started.
func (e *examination) close() error {
	if e.catalog == nil {
		return nil
	}
	return e.catalog.Close()
}
