package catalog

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/authrun/authrun/sdk"
)

// ErrClosed says that the catalog was closed before or while a plugin was asked for.
var ErrClosed = errors.New("the catalog of plugins is closed")

// closeTime is how long [Catalog.Close] waits for plugins to stop. A [Process] is killed long before that.
const closeTime = 8 * time.Second

// Options are the settings of a [Catalog].
type Options struct {
	// Dirs are the folders in which plugins are looked for, in this order; absolute. Those that do not exist are passed over.
	Dirs []string
	// Named is how many of Dirs, from the first on, the user named: they come before the depot, the others after it.
	Named int
	// Depot is the folder of the plugins that are kept by their hashes, made when needed; empty: there is none.
	Depot string
	// CacheDir is a folder, made when needed, for what is remembered from one run to the next; empty: nothing is.
	CacheDir string
	// RunRoots are folders, made when needed, of which the first one that can be private holds the folder of this run, in which the
	// connections to plugins lie. They are short: a socket's path has about 100 bytes on some systems.
	RunRoots []string
	// Launcher holds plugins in their sandbox, and RequireSandbox starts none without a whole one; see [client.Options].
	Launcher       string
	RequireSandbox bool
	// AllowScripts starts plugins that an interpreter runs without the user's consent.
	AllowScripts bool
	// HostVersion is the version of this authrun.
	HostVersion string
	// Redact hides secrets in what comes from a plugin as text; nil: nothing is hidden.
	Redact func(string) string
	// Log gives the logger that gets the log lines of a vendor's plugin; nil: nobody gets them.
	Log func(vendor string) hclog.Logger
	// Now is the clock; nil: time.Now.
	Now func() time.Time
	// Builtin are vendors inside this program. One of them comes before any file of that name.
	Builtin map[string]sdk.Plugin
	// Start starts a plugin's process; nil: package sdk/client does.
	Start Start
}

// Catalog is the set of plugins at hand. Its methods may be called from many goroutines.
type Catalog struct {
	options      Options
	hashes       *hashes
	descriptions *descriptions
	run          *runFolder
	patience     time.Duration // of Close

	ctx    context.Context // of the processes' starts; ends with Close
	cancel context.CancelFunc

	mu     sync.Mutex
	slots  map[key]*slot
	closed bool
}

// New makes a catalog. Nothing is read before it is asked for.
func New(o Options) *Catalog {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Start == nil {
		o.Start = startProcess
	}
	c := &Catalog{options: o, slots: make(map[key]*slot), run: &runFolder{roots: o.RunRoots},
		hashes: &hashes{dir: o.CacheDir}, descriptions: &descriptions{dir: o.CacheDir, host: o.HostVersion}, patience: closeTime}
	c.ctx, c.cancel = context.WithCancel(context.Background())
	return c
}

// Describe says what a vendor's plugin is. It starts a process only for a file that is not remembered. Errors: those of [Catalog.Find],
// and a *client.Error where the plugin is at fault, be it that its description makes no sense.
func (c *Catalog) Describe(ctx context.Context, vendor string) (sdk.Description, error) {
	return c.Pinned(nil).Describe(ctx, vendor)
}

// Plugin gives the running plugin of a vendor, started now where it is not running. Callers wait on their own contexts; the start goes on
// without them. One that died is started again, but only once a minute. Errors: those of [Catalog.Find],
// *client.Error, *Died. The plugin belongs to the catalog.
func (c *Catalog) Plugin(ctx context.Context, vendor string) (sdk.Plugin, error) {
	return c.Pinned(nil).Plugin(ctx, vendor)
}

// Prestart begins to start the plugins of vendors, all at once, and returns at once. What goes wrong is told to who asks for the plugin.
func (c *Catalog) Prestart(vendors ...string) { c.Pinned(nil).Prestart(vendors...) }

// Close stops all plugins, at the same time, and removes the folder of this run. It waits no longer than a few seconds; the error names
// the plugins that did not stop in that time.
func (c *Catalog) Close() error {
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		return nil
	}
	c.closed = true
	slots := c.slots
	c.mu.Unlock()
	c.cancel()

	stopped := make(chan key, len(slots))
	for k, s := range slots {
		go func() {
			s.stop()
			stopped <- k
		}()
	}
	running := make(map[key]string, len(slots))
	for k := range slots {
		running[k] = k.vendor
	}
	late := time.NewTimer(c.patience)
	defer late.Stop()
	var err error
	for len(running) > 0 && err == nil {
		select {
		case k := <-stopped:
			delete(running, k)
		case <-late.C:
			err = fmt.Errorf("plugins that did not stop within %s: %s", c.patience, strings.Join(slices.Sorted(maps.Values(running)), ", "))
		}
	}
	return errors.Join(err, c.run.remove())
}

// key tells the places of plugins apart: flows that want different files of one vendor's plugin have a process each.
type key struct {
	vendor string
	pin    Pin
}

// slot is the place of a vendor's plugin.
func (c *Catalog) slot(vendor string, pin Pin) (*slot, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return nil, ErrClosed
	}
	k := key{vendor, pin}
	s, ok := c.slots[k]
	if !ok {
		s = newSlot(c, vendor, pin)
		c.slots[k] = s
	}
	return s, nil
}
