package sdktest

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/authrun/authrun/sdk/client"
	"github.com/authrun/authrun/sdk/internal/wire"
	"github.com/authrun/authrun/sdk/plugin"
	"github.com/authrun/authrun/sdk/sdktest/conformance"
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

// starter starts this executable as the plugin of a vendor. Folder is a folder that the caller removes when the plugin has ended.
func starter(vendor, folder string) func(context.Context, client.Options) (conformance.Process, error) {
	return func(ctx context.Context, o client.Options) (conformance.Process, error) {
		self, err := os.Executable()
		if err != nil {
			return nil, err
		}
		path := filepath.Join(folder, filePrefix+vendor)
		if os.Symlink(self, path) != nil {
			path = self // where links are not allowed a package can test one vendor only
		}
		file, err := os.Open(self)
		if err != nil {
			return nil, err
		}
		defer func() { _ = file.Close() }()
		o.RunDir, o.StartTimeout = folder, time.Minute // a test binary starts slowly under the race detector
		p, err := client.Start(ctx, client.Binary{Vendor: vendor, Path: path, File: file}, o)
		if err != nil {
			return nil, err // not p: a nil *client.Process is no nil Process
		}
		return p, nil
	}
}
