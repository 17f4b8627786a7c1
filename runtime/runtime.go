package runtime

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"sync"
	"time"

	"github.com/authrun/authrun/runtime/internal/catalog"
	"github.com/authrun/authrun/runtime/internal/clock"
	"github.com/authrun/authrun/runtime/internal/eval/functions"
	"github.com/authrun/authrun/runtime/internal/redact"
)

// Version of authrun, semver; a build stamps it with -ldflags "-X". Metadata after "+" tells a development build.
var Version = "0.1.0+dev"

// Runtime holds what the flows of one process share: settings, plugins, open stores, and the secrets to hide. It may be used by many
// goroutines at the same time. Close it.
type Runtime struct {
	opts    Options
	now     func() time.Time
	clock   *clock.Clock
	rand    io.Reader
	log     *slog.Logger
	process string
	secrets *redact.Redactor
	catalog *catalog.Catalog
	plugins map[string]string // executables that the user named, by vendor

	attached map[string]*debugged // plugins that developers started, by vendor

	functions map[string]functions.Own
	*lifetime

	rehearsal *rehearsal // where nothing is real; nil: everything is

	mu     sync.Mutex
	stores map[string]*keeping // by path
}

// Open makes a Runtime. It starts nothing and touches no file.
func Open(opts Options) (*Runtime, error) {
	if opts.Parallelism < 0 {
		return nil, fmt.Errorf("a parallelism of %d makes no sense: name a positive number", opts.Parallelism)
	}
	if opts.Parallelism == 0 {
		opts.Parallelism = 10
	}
	r := &Runtime{opts: opts, now: opts.Now, rand: rand.Reader, log: opts.Logger, secrets: redact.New(), stores: map[string]*keeping{},
		lifetime: newLifetime()}
	boot := opts.Boot
	if r.now == nil {
		r.now = time.Now
		if boot == nil {
			boot = clock.Kernel()
		}
	} else {
		r.now = func() time.Time { return opts.Now().Round(0) } // by that clock alone
	}
	r.clock = clock.New(r.now, boot)
	if r.log == nil {
		r.log = slog.New(slog.DiscardHandler)
	}
	builtin, err := builtins(opts.Vendors)
	if err != nil {
		return nil, err
	}
	if r.attached, err = r.attachments(); err != nil {
		return nil, err
	}
	if r.functions, err = ownFunctions(opts.Functions); err != nil {
		return nil, err
	}
	if r.plugins, err = pluginFiles(r.env("AUTHRUN_PLUGINS"), opts.Plugins); err != nil {
		return nil, err
	}
	host, err := os.Hostname()
	if err != nil {
		host = "localhost"
	}
	r.process = fmt.Sprintf("%s %d", host, os.Getpid())
	r.catalog = catalog.New(catalog.Options{
		Dirs: r.pluginDirs(), Named: len(r.namedDirs()), Depot: r.depot(), CacheDir: r.cacheDir(), RunRoots: r.runRoots(), HostVersion: Version,
		Redact: r.secrets.String, Log: r.pluginLog, Now: r.now, Builtin: withAttached(builtin, r.attached),
		Launcher: r.launcher(), RequireSandbox: r.requireSandbox(),
	})
	return r, nil
}

// Close stops every plugin and closes every store; exchanges of token sources that are under way finish and are stored first. Flows of the Runtime
// must not be used after it; its token sources give [ErrClosed].
func (r *Runtime) Close() error {
	r.lifetime.close()
	r.mu.Lock()
	defer r.mu.Unlock()
	errs := []error{r.catalog.Close()}
	for _, d := range r.attached {
		errs = append(errs, d.close())
	}
	for path, k := range r.stores {
		if path == backendPath {
			continue // it is the program's
		}
		if err := k.store.Close(); err != nil {
			errs = append(errs, fmt.Errorf("could not close the store %s: %w", path, err))
		}
	}
	clear(r.stores)
	return errors.Join(errs...)
}
