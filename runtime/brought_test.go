package runtime_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/authrun/authrun/plugins/ekuaibao"
	authrun "github.com/authrun/authrun/runtime"
)

// brought is a stage whose only vendor is inside the program.
func (s *stage) brought() *authrun.Runtime {
	s.t.Helper()
	s.options.PluginDirs = nil
	s.options.Vendors = []authrun.Vendor{ekuaibao.Vendor}
	s.options.Functions = map[string]authrun.Function{
		"vault": {Doc: "A secret of the program.", Call: func(args []any) (any, error) {
			if len(args) != 1 {
				return nil, errors.New("vault takes a name")
			}
			return "ek-" + args[0].(string), nil
		}},
		"fails":  {Call: func(args []any) (any, error) { return nil, fmt.Errorf("no such thing: %v", args) }},
		"panics": {Call: func([]any) (any, error) { panic("s3cr3t-in-a-panic") }},
	}
	rt, err := authrun.Open(s.options)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() {
		if err := rt.Close(); err != nil {
			s.t.Errorf("close: %v", err)
		}
	})
	return rt
}

const broughtFlow = `
variable "where" {
  type = object({ url = string })
}
variable "key" {
  type      = string
  sensitive = true
}
auth "ekuaibao" "a" {
  base_url     = var.where.url
  app_key      = var.key
  app_security = vault(trimspace(file("name.txt")))
}
output "company" {
  value = auth.ekuaibao.a.corporation_id
}
`

// A flow, its files, its vendor, its functions and the values of its variables may all be inside the program.
func TestBrought(t *testing.T) {
	s := newStage(t)
	rt := s.brought()
	server := httptest.NewServer(s.ekuaibao)
	defer server.Close()
	fsys := fstest.MapFS{"flows/a/flow.hcl": {Data: []byte(broughtFlow)}, "flows/a/name.txt": {Data: []byte("app-security\n")}}
	in := authrun.Inputs{Values: map[string]any{"where": map[string]string{"url": server.URL}, "key": "ek-app-key"}}
	for _, path := range []string{"flows/a", "flows/a/flow.hcl"} {
		f, diags := rt.LoadFS(t.Context(), "embedded", fsys, path, in)
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		if summary, err := f.Apply(t.Context(), authrun.ApplyOptions{}, nil); err != nil || summary.Failed > 0 {
			t.Fatal(summary, err)
		}
		outputs, diags := f.Outputs(t.Context())
		if diags.HasErrors() || len(outputs) != 1 {
			t.Fatal(outputs, diags)
		}
	}
	if n := s.ekuaibao.Calls(); n != 1 {
		t.Errorf("%d calls, want 1: both are the same flow", n)
	}
	s.strict()
}

func TestBroughtBad(t *testing.T) {
	s := newStage(t)
	rt := s.brought()
	for name, c := range map[string]struct{ flow, want string }{
		"function fails":   {`output "x" { value = fails("why") }`, "no such thing: [why]"},
		"sensitive":        {"output \"x\" {\n value = fails(sensitive(join(\"\", [\"s3\", \"cr3t\"])))\n sensitive = true\n}", "details hidden"},
		"function panics":  {`output "x" { value = panics() }`, "panicked"},
		"relative store":   {"authrun {\n store = \"x.db\"\n}\noutput \"x\" {\n value = 1\n}", "absolute path"},
		"file not there":   {`output "x" { value = file("other.txt") }`, "there is no file"},
		"file outside":     {`output "x" { value = file("../x") }`, "there is no file"},
		"no absolute path": {`output "x" { value = abspath("x") }`, "lies in no folder"},
	} {
		t.Run(name, func(t *testing.T) {
			f, diags := rt.LoadBytes(t.Context(), "memory.hcl", []byte(c.flow), authrun.Inputs{})
			if f != nil {
				_, err := f.Apply(t.Context(), authrun.ApplyOptions{}, nil)
				var more authrun.Diagnostics
				errors.As(err, &more)
				diags = append(diags, more...)
			}
			text, _ := json.Marshal(diags)
			if !strings.Contains(string(text), c.want) || strings.Contains(string(text), "s3cr3t") {
				t.Errorf("got %s, want %q", text, c.want)
			}
		})
	}
	for name, options := range map[string]authrun.Options{
		"taken":     {Functions: map[string]authrun.Function{"upper": {Call: func([]any) (any, error) { return nil, nil }}}},
		"malformed": {Functions: map[string]authrun.Function{"Not-a-name": {Call: func([]any) (any, error) { return nil, nil }}}},
		"empty":     {Functions: map[string]authrun.Function{"mine": {}}},
		"twice":     {Vendors: []authrun.Vendor{ekuaibao.Vendor, ekuaibao.Vendor}},
	} {
		if rt, err := authrun.Open(options); err == nil {
			t.Errorf("%s: opened", name)
			rt.Close()
		}
	}
}

// One loaded flow serves many goroutines: they share the calls, and none sees another's run.
func TestOneFlowManyRuns(t *testing.T) {
	s := newStage(t)
	path := s.write(all)
	s.run(path, func(f *authrun.Flow) {
		var wg sync.WaitGroup
		for i := range 24 {
			wg.Go(func() {
				ctx := context.Background()
				switch i % 4 {
				case 0:
					if summary, err := f.Apply(ctx, authrun.ApplyOptions{}, nil); err != nil || summary.Failed > 0 {
						t.Error(summary, err)
					}
				case 1:
					if c, err := f.Credential(ctx, "auth.easemob.a", authrun.ApplyOptions{}, nil); err != nil || c.Token == "" {
						t.Error(c.Generation, err)
					}
				case 2:
					if _, err := f.Plan(ctx, authrun.ApplyOptions{}, nil); err != nil {
						t.Error(err)
					}
				default:
					if diags := f.Validate(ctx); diags.HasErrors() {
						t.Error(diags)
					}
				}
			})
		}
		wg.Wait()
	})
	if n := s.calls(); n != 5 {
		t.Errorf("%d calls, want 5", n)
	}
	s.strict()
}

// A plugin that was missing is found once it is put in place: a program need not load its flow again.
func TestPluginAppears(t *testing.T) {
	s := newStage(t)
	folder := s.plugins
	s.plugins = t.TempDir()
	s.options.PluginDirs = []string{s.plugins}
	path := s.write(all)
	s.run(path, func(f *authrun.Flow) {
		if _, err := f.Apply(t.Context(), authrun.ApplyOptions{}, nil); err == nil {
			t.Error("applied without plugins")
		}
		for _, vendor := range []string{"sipauth", "easemob", "ippbx", "ekuaibao", "lingju"} {
			if err := link(filepath.Join(folder, "authrun-plugin-"+vendor), filepath.Join(s.plugins, "authrun-plugin-"+vendor)); err != nil {
				t.Fatal(err)
			}
		}
		if summary, err := f.Apply(t.Context(), authrun.ApplyOptions{}, nil); err != nil || summary.Acquired != 5 {
			t.Error(summary, err)
		}
	})
}
