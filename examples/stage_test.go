package examples_test

import (
	"context"
	"maps"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/authrun/authrun/examples/simulator/server"
	"github.com/authrun/authrun/plugins/easemob"
	"github.com/authrun/authrun/plugins/ekuaibao"
	httpvendor "github.com/authrun/authrun/plugins/http"
	"github.com/authrun/authrun/plugins/ippbx"
	"github.com/authrun/authrun/plugins/lingju"
	"github.com/authrun/authrun/plugins/oauth2"
	"github.com/authrun/authrun/plugins/sipauth"
	authrun "github.com/authrun/authrun/runtime"
	"github.com/authrun/authrun/sdk/plugin"
)

// vendors serve as plugins, by name.
var vendors = map[string]func(){
	"sipauth":  func() { plugin.Serve(sipauth.Vendor) },
	"easemob":  func() { plugin.Serve(easemob.Vendor) },
	"ippbx":    func() { plugin.Serve(ippbx.Vendor) },
	"ekuaibao": func() { plugin.Serve(ekuaibao.Vendor) },
	"lingju":   func() { plugin.Serve(lingju.Vendor) },
	"http":     func() { plugin.Serve(httpvendor.Vendor) },
	"oauth2":   func() { plugin.Serve(oauth2.Vendor) },
	"gateway":  func() { plugin.Serve(gateway) },
}

// TestMain makes the test binary the plugins, too: under a plugin's name it serves that vendor.
func TestMain(m *testing.M) {
	name := strings.TrimSuffix(filepath.Base(os.Args[0]), ".exe")
	if vendor, isPlugin := strings.CutPrefix(name, "authrun-plugin-"); isPlugin {
		vendors[vendor]()
		return
	}
	goleak.VerifyTestMain(m)
}

// pluginFolder is a folder of the plugins.
func pluginFolder(t *testing.T) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, name := range slices.Sorted(maps.Keys(vendors)) {
		plugin := filepath.Join(dir, "authrun-plugin-"+name)
		if os.Link(self, plugin) == nil {
			continue
		}
		content, err := os.ReadFile(self) // the folder lies on another file system
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(plugin, content, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// simulator serves the vendors on loopback.
func simulator(t *testing.T) (*server.Server, string) {
	t.Helper()
	s, err := server.New(server.Options{})
	if err != nil {
		t.Fatal(err)
	}
	listener := httptest.NewServer(s)
	t.Cleanup(listener.Close)
	return s, listener.URL
}

// open makes a runtime with a home of its own.
func open(t *testing.T, plugins string) *authrun.Runtime {
	t.Helper()
	environment := map[string]string{"HOME": t.TempDir(), "PBX_PASSWORD": "demo-pbx-password", "XDG_RUNTIME_DIR": t.TempDir()}
	rt, err := authrun.Open(authrun.Options{PluginDirs: []string{plugins}, Env: func(name string) (string, bool) {
		value, set := environment[name]
		return value, set
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := rt.Close(); err != nil {
			t.Error(err)
		}
	})
	return rt
}

// apply applies a flow, which must go well, and gives its outputs as JSON and what it did.
func apply(t *testing.T, rt *authrun.Runtime, path string, in authrun.Inputs) (map[string]string, authrun.Summary) {
	t.Helper()
	ctx := context.Background()
	flow, diags := rt.Load(ctx, path, in)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	if diags := flow.Validate(ctx); diags.HasErrors() {
		t.Fatal(diags)
	}
	outputs := map[string]string{}
	summary, err := flow.Apply(ctx, authrun.ApplyOptions{}, func(e authrun.Event) {
		switch e := e.(type) {
		case authrun.Diagnosed:
			if e.Diagnostic.Severity == authrun.SeverityError {
				t.Errorf("%s: %s", e.Diagnostic.Summary, e.Diagnostic.Detail)
			}
		case authrun.Outputs:
			for _, o := range e.Outputs {
				outputs[o.Name] = string(o.Value)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return outputs, summary
}
