package runtime_test

import (
	"context"
	"fmt"
	"log"
	"net/http/httptest"
	"os"
	"path/filepath"

	ekuaibaofake "github.com/authrun/authrun/plugins/ekuaibao/fake"
	authrun "github.com/authrun/authrun/runtime"
)

// A program that needs a vendor's token loads a flow, applies it, and reads its outputs. Here the vendor is a fake on loopback, and the
// plugin lies in a temporary folder; a real program leaves PluginDirs out where plugins are installed.
func Example() {
	vendor := httptest.NewServer(ekuaibaofake.New(ekuaibaofake.Options{
		Account: ekuaibaofake.Account{AppKey: "our-key", AppSecurity: "our-secret"},
	}))
	defer vendor.Close()
	dir, err := os.MkdirTemp("", "authrun-example-")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	flow := filepath.Join(dir, "flow.hcl")
	if err := os.WriteFile(flow, []byte(`
		variable "base_url" {
		  type = string
		}
		auth "ekuaibao" "expenses" {
		  base_url     = var.base_url
		  app_key      = "our-key"
		  app_security = "our-secret"
		}
		output "company" {
		  value = auth.ekuaibao.expenses.corporation_id
		}
	`), 0o600); err != nil {
		log.Fatal(err)
	}

	ctx := context.Background()
	rt, err := authrun.Open(authrun.Options{
		PluginDirs: []string{installed(dir, "ekuaibao")},
		Store:      filepath.Join(dir, "authrun.db"),
		Env: func(name string) (string, bool) {
			if name == "AUTHRUN_KEY_FILE" {
				return filepath.Join(dir, "key"), true
			}
			return os.LookupEnv(name)
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	defer rt.Close()
	f, diags := rt.Load(ctx, flow, authrun.Inputs{Vars: []string{"base_url=" + vendor.URL}})
	if diags.HasErrors() {
		log.Fatal(diags)
	}
	for range 2 {
		summary, err := f.Apply(ctx, authrun.ApplyOptions{}, func(e authrun.Event) {
			switch e := e.(type) {
			case authrun.AuthDone:
				fmt.Println(e.Address, e.Action)
			case authrun.Outputs:
				for _, o := range e.Outputs {
					fmt.Println(o.Name, string(o.Value))
				}
			}
		})
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println("failed:", summary.Failed)
	}
	// Output:
	// auth.ekuaibao.expenses acquire
	// company "34A73EyI8A0w00"
	// failed: 0
	// auth.ekuaibao.expenses reuse
	// company "34A73EyI8A0w00"
	// failed: 0
}

// installed puts this test binary, which is the plugins too, under a plugin's name into dir.
func installed(dir, vendor string) string {
	self, err := os.Executable()
	if err != nil {
		log.Fatal(err)
	}
	if err := link(self, filepath.Join(dir, "authrun-plugin-"+vendor)); err != nil {
		log.Fatal(err)
	}
	return dir
}
