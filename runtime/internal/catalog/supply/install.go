package supply

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	version "github.com/hashicorp/go-version"

	"github.com/authrun/authrun/runtime/internal/catalog"
	"github.com/authrun/authrun/runtime/internal/catalog/source"
)

// Install puts a plugin into the user's folder, where flows find it by its name: the executable or script at a path, or from a source that names the vendor, with
// an "@" and a version or constraint behind it. Errors say what was wrong with which of them; nothing is installed then.
func (s *Supply) Install(ctx context.Context, what string) (Taken, error) {
	t, err := s.take(ctx, what)
	if err != nil {
		return t, err
	}
	if t.Path, err = s.o.Catalog.Offer(t.Vendor, t.Sum); err != nil {
		return t, fmt.Errorf("%s could not be put in its place: %w", t.Vendor, err)
	}
	return t, nil
}

func (s *Supply) take(ctx context.Context, what string) (Taken, error) {
	path := strings.TrimPrefix(what, "file://")
	if !filepath.IsAbs(path) {
		path = filepath.Join(s.o.Dir, path)
	}
	if info, err := os.Stat(path); err == nil && !info.IsDir() {
		return s.adopt(ctx, path)
	}
	text, constraints, err := cutVersion(what)
	if err != nil {
		return Taken{}, err
	}
	if !strings.Contains(text, "://") && !strings.HasPrefix(text, ".") && !filepath.IsAbs(text) {
		text = "./" + text // on a command line a path need not look like one
	}
	at, err := source.ParseAddress(text, s.o.Dir)
	if err != nil {
		return Taken{}, &source.Error{Source: at.String(), Err: err}
	}
	base, vendor := at.Split()
	if vendor == "" {
		return Taken{}, &source.Error{Source: at.String(), Err: fmt.Errorf("it does not end in a vendor's name: /opt/plugins/acme, " +
			"https://host/path/acme, oci://host/path/authrun-plugin-acme")}
	}
	from, err := base.Open(s.o.Sources)
	if err != nil {
		return Taken{}, err
	}
	w := Want{Vendor: vendor, Source: base.String(), Version: constraints}
	chosen, err := s.choose(ctx, from, w)
	if err != nil {
		return Taken{}, err
	}
	r, err := from.Release(ctx, vendor, chosen)
	if err != nil {
		return Taken{}, err
	}
	fetched, err := s.place(ctx, from, r)
	if err != nil {
		return Taken{}, named(err, w.Source, r)
	}
	t, err := s.ask(ctx, vendor, r.Version, r.Sums[s.o.Platform], fetched)
	t.Source = w.Source
	return t, err
}

// cutVersion takes a version or constraint off the end of an address.
func cutVersion(what string) (text string, c version.Constraints, err error) {
	i := strings.LastIndex(what, "@")
	if i < 0 || strings.ContainsAny(what[i:], `/\`) {
		return what, nil, nil
	}
	if c, err = version.NewConstraint(what[i+1:]); err != nil {
		return "", nil, fmt.Errorf("%q is no version such as 1.2.0, and no constraint such as \"~> 1.2\"", what[i+1:])
	}
	return what[:i], c, nil
}

// adopt takes the executable at a path. Its name says the vendor: authrun-plugin-acme, perhaps with a version and platform behind it.
func (s *Supply) adopt(ctx context.Context, path string) (Taken, error) {
	name := strings.TrimSuffix(filepath.Base(path), ".exe")
	vendor, ok := strings.CutPrefix(name, "authrun-plugin-")
	vendor, _, _ = strings.Cut(vendor, "_")
	if !ok || vendor == "" {
		return Taken{}, fmt.Errorf("%s is not called authrun-plugin- and the name of a vendor, so it is not known whose plugin it is", path)
	}
	script, err := s.o.Catalog.Script(vendor, path)
	if err != nil {
		return Taken{}, err
	}
	if script != nil {
		return s.adoptScript(ctx, *script)
	}
	sum, fresh, err := s.o.Catalog.Adopt(ctx, vendor, func(to io.Writer) error {
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer func() { _ = f.Close() }()
		_, err = io.Copy(to, f)
		return err
	})
	if err != nil {
		return Taken{}, fmt.Errorf("%s: %w", path, err)
	}
	t, err := s.ask(ctx, vendor, "", sum, fresh)
	t.Source = path
	return t, err
}

// adoptScript takes a script and its manifest, where the user consents to that.
func (s *Supply) adoptScript(ctx context.Context, script catalog.Script) (t Taken, err error) {
	if !s.o.AllowInterpreter {
		return Taken{}, &catalog.Unconsented{Script: script}
	}
	consented, err := s.o.Catalog.Consent(script)
	if err != nil {
		return Taken{}, err
	}
	defer func() {
		if err != nil && consented {
			err = errors.Join(err, s.o.Catalog.Withdraw(script))
		}
	}()
	fresh, err := s.o.Catalog.AdoptScript(ctx, script)
	if err != nil {
		return Taken{}, fmt.Errorf("%s: %w", script.Path, err)
	}
	t, err = s.ask(ctx, script.Vendor, "", script.Sum, fresh)
	t.Source, t.Interpreter, t.Reads = script.Path, script.Interpreter, script.Reads
	return t, err
}
