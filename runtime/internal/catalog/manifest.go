package catalog

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"
)

const (
	// manifestSuffix is what follows the name of a script in the name of its manifest.
	manifestSuffix = ".json"
	// manifestFormat is the version of a manifest's form.
	manifestFormat = 1
	// maxManifest is how large a manifest may be, in bytes.
	maxManifest = 64 << 10
)

// Manifest says how a plugin is run that is no program of its own: a script, an archive of scripts, bytecode. It is a file beside the script, with
// its name and ".json" behind it.
type Manifest struct {
	// Format is the version of the form, 1.
	Format int `json:"format"`
	// Interpreter is the program that runs the script, absolute, and its arguments; the script's path is added as the last one.
	Interpreter []string `json:"interpreter"`
	// Reads are the files and folders that the sandbox lets the plugin read and execute beside the script, its interpreter and the system's
	// libraries, absolute.
	Reads []string `json:"reads"`
}

// readManifest reads the manifest of the script at path. Why says what is wrong with it; an error that is [fs.ErrNotExist] says that there is none.
func readManifest(path string) (m Manifest, text []byte, why string, err error) {
	f, err := os.OpenFile(path+manifestSuffix, os.O_RDONLY|nonBlock, 0)
	if err != nil {
		return m, nil, "its manifest cannot be read", reasonOf(err)
	}
	defer func() { _ = f.Close() }()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return m, nil, "its manifest is not a regular file", reasonOf(err)
	}
	if text, err = io.ReadAll(io.LimitReader(f, maxManifest+1)); err != nil {
		return m, nil, "its manifest cannot be read", reasonOf(err)
	}
	if m, err = parseManifest(text); err != nil {
		return m, nil, "its manifest " + filepath.Base(path) + manifestSuffix + " cannot be used", err
	}
	return m, text, "", nil
}

// parseManifest reads a manifest. A member that it does not know may be one that a newer authrun holds a plugin to, and is refused.
func parseManifest(text []byte) (m Manifest, err error) {
	if len(text) > maxManifest {
		return m, fmt.Errorf("it is larger than %d KiB", maxManifest>>10)
	}
	in := json.NewDecoder(bytes.NewReader(text))
	in.DisallowUnknownFields()
	if err := in.Decode(&m); err != nil {
		return m, fmt.Errorf("it is not the JSON of a manifest: %w", err)
	}
	if _, err := in.Token(); !errors.Is(err, io.EOF) {
		return m, errors.New("it is more than one JSON value")
	}
	if m.Format != manifestFormat {
		return m, fmt.Errorf("its form is %d, and this authrun knows form %d", m.Format, manifestFormat)
	}
	if len(m.Interpreter) == 0 {
		return m, errors.New("it names no interpreter")
	}
	for _, word := range slices.Concat(m.Interpreter, m.Reads) {
		// A person reads these before consenting.
		if strings.ContainsFunc(word, func(r rune) bool { return !unicode.IsPrint(r) }) {
			return m, fmt.Errorf("%q has characters that cannot be shown", word)
		}
	}
	for _, path := range slices.Concat(m.Interpreter[:1], m.Reads) {
		if !filepath.IsAbs(path) || filepath.Clean(path) != path {
			return m, fmt.Errorf("%q is not an absolute path without \".\" and \"..\"", path)
		}
		if path == filepath.Dir(path) {
			return m, fmt.Errorf("%q is all there is: it names the folders that the plugin needs", path)
		}
	}
	return m, nil
}

// Script is a plugin that an interpreter runs.
type Script struct {
	Manifest
	Vendor string
	Path   string // of the script
	// Sum stands for the script and its manifest, and so for the interpreter's path and arguments. The interpreter itself and the libraries that
	// it loads belong to the system, and change with it.
	Sum [sha256.Size]byte
}

// newScript is the script of a vendor with these contents, of which the first is hashed already.
func newScript(vendor, path string, script [sha256.Size]byte, m Manifest, text []byte) *Script {
	manifest := sha256.Sum256(text)
	h := sha256.New()
	_, _ = fmt.Fprintf(h, "authrun script %d\nmanifest %x\nscript %x\n", manifestFormat, manifest, script) // a hash does not fail
	return &Script{Manifest: m, Vendor: vendor, Path: path, Sum: [sha256.Size]byte(h.Sum(nil))}
}

// Script gives the plugin in a file if an interpreter runs it: no program, with a manifest beside it; nil if not. Nothing is started, and no consent is
// needed. Errors: *Unusable.
func (c *Catalog) Script(vendor, path string) (*Script, error) {
	unusable := func(why string, err error) (*Script, error) {
		return nil, &Unusable{Vendor: vendor, Path: path, Why: why, Err: reasonOf(err)}
	}
	f, err := os.OpenFile(path, os.O_RDONLY|nonBlock, 0)
	if err != nil {
		return unusable("it cannot be read", err)
	}
	defer func() { _ = f.Close() }()
	info, head, why, err := beginning(f)
	if why != "" {
		return unusable(why, err)
	}
	if !canBeScript(head) {
		return nil, nil
	}
	m, text, why, err := readManifest(path)
	switch {
	case why != "" && !isThere(err):
		return nil, nil
	case why != "":
		return unusable(why, err)
	}
	sum, why, err := c.hash(f, path, info)
	if why != "" {
		return unusable(why, err)
	}
	return newScript(vendor, path, sum, m, text), nil
}

// sameManifest tells whether a file's manifest is still the one that it was opened with.
func (f executable) sameManifest() bool {
	if f.script == nil {
		return true
	}
	m, text, why, err := readManifest(f.Path)
	return err == nil && why == "" && newScript(f.Vendor, f.Path, f.SHA256, m, text).Sum == f.Sum
}

// isThere tells whether an error does not say that there is no such file.
func isThere(err error) bool { return !errors.Is(err, fs.ErrNotExist) }
