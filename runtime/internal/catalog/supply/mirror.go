package supply

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	version "github.com/hashicorp/go-version"

	"github.com/authrun/authrun/runtime/internal/catalog"
	"github.com/authrun/authrun/runtime/internal/catalog/lock"
	"github.com/authrun/authrun/runtime/internal/catalog/source"
)

// Copied is a file that a mirror has now.
type Copied struct {
	Path  string
	Fresh bool // it was not there before
}

// Mirror copies what is locked, for all platforms, into a folder that then is a source: a folder for others, or the content of a server. Files that
// are there and right are left. The error says which plugin could not be had; files that were copied whole stay.
func (s *Supply) Mirror(ctx context.Context, locked []lock.Plugin, dir string) ([]Copied, error) {
	var copied []Copied
	for _, p := range locked {
		files, err := s.mirror(ctx, p, dir)
		copied = append(copied, files...)
		if err != nil {
			return copied, &Problem{Vendor: p.Vendor, Err: err}
		}
	}
	return copied, nil
}

func (s *Supply) mirror(ctx context.Context, p lock.Plugin, dir string) (copied []Copied, err error) {
	want, err := release(p)
	if err != nil {
		return nil, err
	}
	from, err := s.open(p.Source)
	if err != nil {
		return nil, err
	}
	// The author's own list is kept as it is, where it says what is locked: a signature of it stays good.
	if now, err := from.Release(ctx, p.Vendor, p.Version); err != nil {
		return nil, err
	} else if err := unchanged(p, now); err != nil {
		return nil, err
	} else if len(now.Sums) == len(want.Sums) {
		want.List = now.List
	}
	into := filepath.Join(dir, p.Vendor, p.Version)
	if err := os.MkdirAll(into, 0o755); err != nil {
		return nil, err
	}
	for _, platform := range want.Platforms() {
		path := filepath.Join(into, source.ExecutableName(p.Vendor, p.Version, platform))
		fresh, err := s.copy(ctx, from, want, platform, path)
		if err != nil {
			return copied, named(err, s.from(p.Source), want)
		}
		copied = append(copied, Copied{path, fresh})
	}
	if err := replace(filepath.Join(into, source.ListName(p.Vendor, p.Version)), want.Text(), 0o644); err != nil {
		return copied, err
	}
	return copied, versions(filepath.Join(dir, p.Vendor))
}

// copy fetches an executable to path, if it is not there.
func (s *Supply) copy(ctx context.Context, from source.Source, r source.Release, platform, path string) (fresh bool, err error) {
	sum := r.Sums[platform]
	if f, err := os.Open(path); err == nil {
		h := sha256.New()
		_, err = io.Copy(h, f)
		if err = errors.Join(err, f.Close()); err == nil && source.Sum(h.Sum(nil)) == sum {
			return false, nil
		}
	}
	s.o.Tell(fmt.Sprintf("Getting %s %s for %s.", r.Vendor, r.Version, platform))
	return true, into(path, 0o755, func(to io.Writer) error {
		h := sha256.New()
		if err := from.Fetch(ctx, r, platform, io.MultiWriter(to, h)); err != nil {
			return err
		}
		if got := source.Sum(h.Sum(nil)); got != sum {
			return &catalog.WrongHash{Vendor: r.Vendor, Has: got, Wants: sum}
		}
		return ctx.Err()
	})
}

// versions writes the list of a vendor's versions, which a server needs.
func versions(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	var all []*version.Version
	for _, e := range entries {
		if v, ok := source.ParseVersion(e.Name()); ok && e.IsDir() {
			all = append(all, v)
		}
	}
	slices.SortFunc(all, func(a, b *version.Version) int { return cmp.Or(a.Compare(b), strings.Compare(a.String(), b.String())) })
	var text strings.Builder
	for _, v := range all {
		text.WriteString(v.String() + "\n")
	}
	return replace(filepath.Join(dir, source.VersionsName), []byte(text.String()), 0o644)
}

// replace gives a file other content at once.
func replace(path string, content []byte, mode os.FileMode) error {
	return into(path, mode, func(to io.Writer) error {
		_, err := to.Write(content)
		return err
	})
}

// into makes a file by what give writes: as a whole, or not at all.
func into(path string, mode os.FileMode, give func(to io.Writer) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = f.Close()
			_ = os.Remove(f.Name())
		}
	}()
	if err = give(f); err != nil {
		return err
	}
	if err = errors.Join(f.Chmod(mode), f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
