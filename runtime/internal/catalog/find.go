package catalog

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
)

// prefix is what every plugin's file name begins with; the vendor's name follows.
const prefix = "authrun-plugin-"

// Found is where a vendor's plugin is.
type Found struct {
	Vendor  string
	Path    string // of the executable; empty for a builtin
	Builtin bool   // inside this program
}

// where is the path for a message.
func (f Found) where() string {
	if f.Builtin {
		return "built in"
	}
	return f.Path
}

// Find looks for a vendor's plugin without opening it. The first file of its name counts, whatever its state; a folder of that name does
// not. Errors: *NotFound, or *Unusable where there is one that cannot be a plugin.
func (c *Catalog) Find(vendor string) (Found, error) { return c.find(vendor, Pin{}) }

func (c *Catalog) find(vendor string, pin Pin) (Found, error) {
	if !validVendor(vendor) {
		return Found{}, c.notFound(vendor)
	}
	if pin.Path != "" {
		return at(vendor, pin.Path)
	}
	if _, ok := c.options.Builtin[vendor]; ok {
		return Found{Vendor: vendor, Builtin: true}, nil
	}
	var folder error
	for _, path := range c.paths(vendor, pin) {
		found, err := at(vendor, path)
		var unusable *Unusable
		switch {
		case err == nil:
			return found, nil
		case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR):
			continue
		case errors.As(err, &unusable) && unusable.Why == isFolder:
			folder = err
			continue
		}
		return Found{}, err
	}
	if folder != nil {
		return Found{}, folder
	}
	return Found{}, c.notFound(vendor)
}

// isFolder is why a folder cannot be a plugin.
const isFolder = "it is a folder"

// paths are where a vendor's plugin may be, in the order in which they count.
func (c *Catalog) paths(vendor string, pin Pin) []string {
	var paths []string
	for i, dir := range c.options.Dirs {
		if i == c.options.Named && pin.locks() && c.options.Depot != "" {
			paths = append(paths, c.kept(vendor, pin.SHA256))
		}
		paths = append(paths, filepath.Join(dir, fileName(vendor)))
	}
	if len(c.options.Dirs) <= c.options.Named && pin.locks() && c.options.Depot != "" {
		paths = append(paths, c.kept(vendor, pin.SHA256))
	}
	return paths
}

// at takes the file at a path for a vendor's plugin. Errors: *Unusable.
func at(vendor, path string) (Found, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return Found{}, &Unusable{Vendor: vendor, Path: path, Why: "it cannot be read", Err: reasonOf(err)}
	case info.IsDir():
		return Found{}, &Unusable{Vendor: vendor, Path: path, Why: isFolder}
	}
	if why := notExecutable(info); why != "" {
		return Found{}, &Unusable{Vendor: vendor, Path: path, Why: why}
	}
	return Found{Vendor: vendor, Path: path}, nil
}

// notExecutable says why a file cannot be started, as far as its stat tells; empty: it can.
func notExecutable(info fs.FileInfo) string {
	switch {
	case !info.Mode().IsRegular():
		return "it is not a regular file"
	case runtime.GOOS != "windows" && info.Mode().Perm()&0o111 == 0:
		return "it is not executable; chmod +x makes it so"
	}
	return ""
}

// all lists the vendors that there are plugins for, in the order of their names.
func (c *Catalog) all() []string {
	names := make(map[string]bool)
	for vendor := range c.options.Builtin {
		names[vendor] = true
	}
	for _, dir := range c.options.Dirs {
		entries, err := os.ReadDir(dir)
		if err != nil {
			continue
		}
		for _, e := range entries {
			name, ok := strings.CutPrefix(e.Name(), prefix)
			if !ok || e.IsDir() {
				continue
			}
			if runtime.GOOS == "windows" {
				name, ok = strings.CutSuffix(name, ".exe")
			}
			if ok && validVendor(name) {
				names[name] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// fileName is the name of a vendor's executable.
func fileName(vendor string) string {
	if runtime.GOOS == "windows" {
		return prefix + vendor + ".exe"
	}
	return prefix + vendor
}

// validVendor tells whether a name is one that a vendor can have, and so whether it is safe in a path.
func validVendor(name string) bool {
	for i, r := range name {
		if !(r >= 'a' && r <= 'z' || i > 0 && r >= '0' && r <= '9') {
			return false
		}
	}
	return name != ""
}

// reasonOf takes the path off an error of package os: the message around it names it.
func reasonOf(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}
