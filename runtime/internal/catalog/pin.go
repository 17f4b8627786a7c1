package catalog

import (
	"context"
	"encoding/hex"
	"fmt"

	"github.com/authrun/authrun/sdk"
)

// Pin says which file a vendor's plugin must be. The zero Pin is any file of the plugin's name.
type Pin struct {
	// SHA256 is the hash of the file (of a script: [Script.Sum]), which must be found wherever the plugin is. Plugins in the depot are found by it.
	SHA256 [32]byte
	// Version and Lock are for messages: the version that was locked, and the path of the lock file.
	Version, Lock string
	// Path is the one file that is taken, whatever its name and hash; empty: the plugin is looked for. Nothing else of the Pin holds then.
	Path string
}

// locks tells whether the file's hash matters.
func (p Pin) locks() bool { return p.Path == "" && p.SHA256 != [32]byte{} }

// check refuses a file that is not the one that was locked.
func (p Pin) check(e executable) error {
	if p.locks() && e.Sum != p.SHA256 {
		return &Changed{Vendor: e.Vendor, Path: e.Path, Has: e.Sum, Pin: p}
	}
	return nil
}

// Changed says that a plugin's file is not the one that was locked.
type Changed struct {
	Vendor string
	Path   string
	Has    [32]byte // hash of the file
	Pin    Pin
}

// Error names both hashes, and what can be done.
func (e *Changed) Error() string {
	return fmt.Sprintf("%s is not the plugin %s that is locked, so it is not started: its hash is sha256:%s, and %s wants sha256:%s (%s %s). "+
		"Run \"authrun init\" to get the locked one, and take this file away if it stands in a folder that is named by --plugin-dir or "+
		"AUTHRUN_PLUGIN_DIR; to run with this file on purpose, name it: --plugin %s=%s",
		e.Path, e.Vendor, hex.EncodeToString(e.Has[:]), e.Pin.Lock, hex.EncodeToString(e.Pin.SHA256[:]), e.Vendor, e.Pin.Version, e.Vendor, e.Path)
}

// Pinned is the catalog as one flow sees it: with the files that the plugins of the flow must be. Its methods may be called from many goroutines.
type Pinned struct {
	catalog *Catalog
	pins    map[string]Pin
}

// Pinned gives the catalog with pins, by vendor. The map must not change any more.
func (c *Catalog) Pinned(pins map[string]Pin) *Pinned { return &Pinned{c, pins} }

// Find is [Catalog.Find], of the file that was pinned. The file's hash is not taken.
func (p *Pinned) Find(vendor string) (Found, error) { return p.catalog.find(vendor, p.pins[vendor]) }

// Describe is [Catalog.Describe]. It may fail with a *Changed, too.
func (p *Pinned) Describe(ctx context.Context, vendor string) (sdk.Description, error) {
	s, err := p.catalog.slot(vendor, p.pins[vendor])
	if err != nil {
		return sdk.Description{}, err
	}
	return s.describe(ctx)
}

// Plugin is [Catalog.Plugin]. It may fail with a *Changed, too.
func (p *Pinned) Plugin(ctx context.Context, vendor string) (sdk.Plugin, error) {
	s, err := p.catalog.slot(vendor, p.pins[vendor])
	if err != nil {
		return nil, err
	}
	return s.plugin(ctx)
}

// Prestart is [Catalog.Prestart].
func (p *Pinned) Prestart(vendors ...string) {
	for _, vendor := range vendors {
		if s, err := p.catalog.slot(vendor, p.pins[vendor]); err == nil {
			_, _ = s.launch()
		}
	}
}

// Identify is Find, with the file's hash: the remembered one where the file has not changed. It is zero for a builtin. It may fail with a *Changed, too.
func (p *Pinned) Identify(vendor string) (Found, [32]byte, error) {
	pin := p.pins[vendor]
	found, err := p.catalog.find(vendor, pin)
	if err != nil || found.Builtin {
		return found, [32]byte{}, err
	}
	file, err := p.catalog.open(found)
	if err != nil {
		return found, [32]byte{}, err
	}
	_ = file.File.Close()
	return found, file.Sum, pin.check(file)
}

// Vendors are those that there are plugins for by their names, in the order of these.
func (c *Catalog) Vendors() []string { return c.all() }
