package catalog

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
)

const (
	// arriving is what the name of a file begins with that is not yet known to be the right one.
	arriving = ".arriving-"
	// arrivingFor is after how long such a file is one that nobody finishes any more.
	arrivingFor = 24 * time.Hour
)

// kept is where the depot keeps a vendor's executable of that hash.
func (c *Catalog) kept(vendor string, sum [sha256.Size]byte) string {
	return filepath.Join(c.options.Depot, "sha256", hex.EncodeToString(sum[:]), fileName(vendor))
}

// Holds tells whether the depot has a vendor's executable of that hash, as it should be.
func (c *Catalog) Holds(vendor string, sum [sha256.Size]byte) bool {
	if c.options.Depot == "" || !validVendor(vendor) {
		return false
	}
	file, err := c.open(Found{Vendor: vendor, Path: c.kept(vendor, sum)})
	if err != nil {
		return false
	}
	_ = file.File.Close()
	return file.Sum == sum
}

// Keep puts a vendor's executable into the depot, and gives its path. Give writes it. It is there as a whole, with the hash that is wanted and for this
// machine, or not at all. Errors: *WrongHash, *Unusable, what give fails with.
func (c *Catalog) Keep(ctx context.Context, vendor string, sum [sha256.Size]byte, give func(to io.Writer) error) (path string, err error) {
	f, err := c.arrive(vendor)
	if err != nil {
		return "", err
	}
	defer func() {
		if err != nil {
			_ = f.Close()
			_ = os.Remove(f.Name())
		}
	}()
	h := sha256.New()
	if err = give(io.MultiWriter(f, h)); err != nil {
		return "", err
	}
	if got := [sha256.Size]byte(h.Sum(nil)); got != sum {
		return "", &WrongHash{Vendor: vendor, Has: got, Wants: sum}
	}
	return c.settle(ctx, f, vendor, sum)
}

// Adopt is Keep for an executable whose hash is not known before. It gives the hash, and whether the depot did not have it.
func (c *Catalog) Adopt(ctx context.Context, vendor string, give func(to io.Writer) error) (sum [sha256.Size]byte, fresh bool, err error) {
	f, err := c.arrive(vendor)
	if err != nil {
		return sum, false, err
	}
	defer func() {
		if err != nil {
			_ = f.Close()
			_ = os.Remove(f.Name())
		}
	}()
	h := sha256.New()
	if err = give(io.MultiWriter(f, h)); err != nil {
		return sum, false, err
	}
	sum = [sha256.Size]byte(h.Sum(nil))
	fresh = !c.Holds(vendor, sum)
	_, err = c.settle(ctx, f, vendor, sum)
	return sum, fresh, err
}

// AdoptScript puts a script and its manifest into the depot, where they are found by their sum, and tells whether the depot did not have them. They
// are there as they were when s was made, or not at all.
func (c *Catalog) AdoptScript(ctx context.Context, s Script) (fresh bool, err error) {
	text, err := os.ReadFile(s.Path + manifestSuffix)
	if err != nil {
		return false, err
	}
	m, err := parseManifest(text)
	if err != nil {
		return false, err
	}
	f, err := c.arrive(s.Vendor)
	if err != nil {
		return false, err
	}
	defer func() {
		if err != nil {
			_ = f.Close()
			_ = os.Remove(f.Name())
		}
	}()
	script, err := os.Open(s.Path)
	if err != nil {
		return false, err
	}
	defer func() { _ = script.Close() }()
	h := sha256.New()
	if _, err := io.Copy(io.MultiWriter(f, h), script); err != nil {
		return false, err
	}
	if got := newScript(s.Vendor, s.Path, [sha256.Size]byte(h.Sum(nil)), m, text).Sum; got != s.Sum {
		return false, &WrongHash{Vendor: s.Vendor, Has: got, Wants: s.Sum}
	}
	fresh = !c.Holds(s.Vendor, s.Sum)
	path := c.kept(s.Vendor, s.Sum)
	if err := errors.Join(ctx.Err(), os.MkdirAll(filepath.Dir(path), 0o755)); err != nil {
		return false, err
	}
	manifest := filepath.Join(filepath.Dir(path), arriving+"manifest")
	if err := errors.Join(os.WriteFile(manifest, text, 0o600), os.Chmod(manifest, 0o444), os.Rename(manifest, path+manifestSuffix)); err != nil {
		return false, err
	}
	if err := errors.Join(f.Chmod(0o555), f.Sync(), f.Close()); err != nil {
		return false, err
	}
	return fresh, os.Rename(f.Name(), path)
}

// arrive makes the file that an executable is first written to.
func (c *Catalog) arrive(vendor string) (*os.File, error) {
	if c.options.Depot == "" {
		return nil, errors.New("there is no place for plugins: neither XDG_DATA_HOME nor HOME is set")
	}
	if !validVendor(vendor) {
		return nil, &NotFound{Vendor: vendor, Invalid: true}
	}
	dir := filepath.Join(c.options.Depot, "sha256")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	c.sweepArriving(dir)
	return os.CreateTemp(dir, arriving)
}

// settle gives an executable that arrived its place.
func (c *Catalog) settle(ctx context.Context, f *os.File, vendor string, sum [sha256.Size]byte) (path string, err error) {
	path = c.kept(vendor, sum)
	head := make([]byte, imageHead)
	n, err := f.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	if why := foreign(bytes.Clone(head[:n])); why != "" {
		return "", &Unusable{Vendor: vendor, Path: "what is published", Why: why}
	}
	if err := ctx.Err(); err != nil {
		return "", err
	}
	if err := errors.Join(f.Chmod(0o555), f.Sync(), f.Close()); err != nil {
		return "", err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return "", err
	}
	return path, os.Rename(f.Name(), path)
}

// Drop takes a vendor's executable out of the depot.
func (c *Catalog) Drop(vendor string, sum [sha256.Size]byte) error {
	path := c.kept(vendor, sum)
	manifest := os.Remove(path + manifestSuffix)
	if !isThere(manifest) {
		manifest = nil
	}
	return errors.Join(os.Remove(path), manifest, ignoreFull(os.Remove(filepath.Dir(path))))
}

// ignoreFull is nil for the error of a folder that is not removed because something is in it.
func ignoreFull(err error) error {
	if errors.Is(err, os.ErrExist) {
		return nil
	}
	return err
}

// Offer makes an executable of the depot the one that is found by the vendor's name in the folder at the depot's top.
func (c *Catalog) Offer(vendor string, sum [sha256.Size]byte) (path string, err error) {
	path = filepath.Join(c.options.Depot, fileName(vendor))
	kept := c.kept(vendor, sum)
	// The manifest is there before its script: what does not belong together is not started meanwhile, since nobody consented to it.
	if _, err := os.Lstat(kept + manifestSuffix); err == nil {
		if err := c.offer(kept+manifestSuffix, path+manifestSuffix, sum); err != nil {
			return "", err
		}
	} else if err := os.Remove(path + manifestSuffix); err != nil && isThere(err) {
		return "", err
	}
	return path, c.offer(kept, path, sum)
}

// offer gives a file of the depot a second name, in place of the file that had it.
func (c *Catalog) offer(kept, path string, sum [sha256.Size]byte) error {
	fresh := filepath.Join(c.options.Depot, arriving+hex.EncodeToString(sum[:8]))
	if err := os.Remove(fresh); err != nil && isThere(err) {
		return err
	}
	if err := os.Link(kept, fresh); err != nil {
		return err
	}
	err := os.Rename(fresh, path)
	if rest := os.Remove(fresh); err == nil && rest != nil && isThere(rest) { // renaming one file to itself leaves both names
		err = rest
	}
	return err
}

// sweepArriving removes what installs that were killed left.
func (c *Catalog) sweepArriving(dir string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), arriving) {
			continue
		}
		if info, err := e.Info(); err == nil && c.options.Now().Sub(info.ModTime()) > arrivingFor {
			_ = os.Remove(filepath.Join(dir, e.Name()))
		}
	}
}

// WrongHash says that what arrived is not what was agreed on.
type WrongHash struct {
	Vendor     string
	Has, Wants [sha256.Size]byte
}

// Error names both hashes.
func (e *WrongHash) Error() string {
	return fmt.Sprintf("what arrived has the hash sha256:%s, and sha256:%s was expected; it was thrown away", hex.EncodeToString(e.Has[:]),
		hex.EncodeToString(e.Wants[:]))
}
