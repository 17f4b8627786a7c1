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
func (c *Catalog) Find(vendor string) (Found, error) {
	if !validVendor(vendor) {
		return Found{}, c.notFound(vendor)
	}
	if _, ok := c.options.Builtin[vendor]; ok {
		return Found{Vendor: vendor, Builtin: true}, nil
	}
	var folder error
	for _, dir := range c.options.Dirs {
		path := filepath.Join(dir, fileName(vendor))
		info, err := os.Stat(path)
		switch {
		case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR):
			continue
		case err != nil:
			return Found{}, &Unusable{Vendor: vendor, Path: path, Why: "it cannot be read", Err: reasonOf(err)}
		case info.IsDir():
			folder = &Unusable{Vendor: vendor, Path: path, Why: "it is a folder"}
			continue
		}
		if why := notExecutable(info); why != "" {
			return Found{}, &Unusable{Vendor: vendor, Path: path, Why: why}
		}
		return Found{Vendor: vendor, Path: path}, nil
	}
	if folder != nil {
		return Found{}, folder
	}
	return Found{}, c.notFound(vendor)
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
