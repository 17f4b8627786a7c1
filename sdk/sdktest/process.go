package sdktest

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/authrun/authrun/sdk/client"
	"github.com/authrun/authrun/sdk/internal/wire"
	"github.com/authrun/authrun/sdk/plugin"
)

// filePrefix is how the name of a plugin's executable begins.
const filePrefix = "authrun-plugin-"

// Main is the TestMain of a package that calls [Conformance]: started by a host, the test binary is the plugin, else it runs the tests. Of
// several vendors it is the one whose name the executable has. It does not return.
func Main(m *testing.M, vendors ...plugin.Vendor) {
	if isPlugin() {
		name := strings.TrimPrefix(filepath.Base(os.Args[0]), filePrefix)
		for _, v := range vendors {
			if p, err := v.Plugin(); len(vendors) > 1 && err == nil {
				if d, err := p.Describe(context.Background()); err != nil || d.Vendor != name {
					continue
				}
			}
			plugin.Serve(v)
		}
	}
	os.Exit(m.Run())
}

// isPlugin tells whether a host started this process.
func isPlugin() bool { return os.Getenv(wire.CookieName) == wire.CookieValue }

// start starts this executable as the plugin of that vendor, with everything that it says going to w. The caller calls stop.
func start(ctx context.Context, vendor string, w *watch) (p *client.Process, stop func(), err error) {
	self, err := os.Executable()
	if err != nil {
		return nil, nil, err
	}
	dir, err := os.MkdirTemp("", "sdktest") // short: a socket's path must be
	if err != nil {
		return nil, nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(dir))
		}
	}()
	path := filepath.Join(dir, filePrefix+vendor)
	if os.Symlink(self, path) != nil {
		path = self // where links are not allowed a package can test one vendor only
	}
	file, err := os.Open(self)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = file.Close() }()
	p, err = client.Start(ctx, client.Binary{Vendor: vendor, Path: path, File: file}, client.Options{
		RunDir: dir, HostVersion: "sdktest", Redact: w.redact,
		Log:          hclog.New(&hclog.LoggerOptions{Level: hclog.Trace, Output: w.lines("log")}),
		StartTimeout: time.Minute, CallTimeout: promptly, // a test binary starts slowly under the race detector
	})
	if err != nil {
		w.fault(err)
		return nil, nil, err
	}
	return p, func() { _ = p.Close(); _ = os.RemoveAll(dir) }, nil
}
