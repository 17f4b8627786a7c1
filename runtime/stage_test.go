package runtime_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/authrun/authrun/plugins/easemob"
	easemobfake "github.com/authrun/authrun/plugins/easemob/fake"
	"github.com/authrun/authrun/plugins/ekuaibao"
	ekuaibaofake "github.com/authrun/authrun/plugins/ekuaibao/fake"
	"github.com/authrun/authrun/plugins/ippbx"
	ippbxfake "github.com/authrun/authrun/plugins/ippbx/fake"
	"github.com/authrun/authrun/plugins/lingju"
	lingjufake "github.com/authrun/authrun/plugins/lingju/fake"
	"github.com/authrun/authrun/plugins/sipauth"
	sipauthfake "github.com/authrun/authrun/plugins/sipauth/fake"
	authrun "github.com/authrun/authrun/runtime"
	"github.com/authrun/authrun/sdk/plugin"
)

// TestMain makes the test binary the five plugins, too: under a plugin's name it serves that vendor.
func TestMain(m *testing.M) {
	name := filepath.Base(os.Args[0])
	vendor, isPlugin := strings.CutPrefix(strings.TrimSuffix(name, ".exe"), "authrun-plugin-")
	if !isPlugin {
		goleak.VerifyTestMain(m)
		return
	}
	switch vendor {
	case "sipauth":
		plugin.Serve(sipauth.Vendor)
	case "easemob":
		plugin.Serve(easemob.Vendor)
	case "ippbx":
		plugin.Serve(ippbx.Vendor)
	case "ekuaibao":
		plugin.Serve(ekuaibao.Vendor)
	case "lingju":
		plugin.Serve(lingju.Vendor)
	case "picky":
		plugin.Serve(faulty("picky"))
	case "dying":
		plugin.Serve(faulty("dying"))
	case "chatty":
		fmt.Println("hello, I am a plugin that talks before it is asked")
		time.Sleep(time.Minute)
	case "crash":
		panic("this plugin crashes as it starts: s3cr3t-in-a-panic")
	}
}

// stage is everything around a runtime under test: the five vendors on loopback, a folder of plugins, a home, a clock.
type stage struct {
	t       testing.TB
	home    string
	plugins string
	options authrun.Options

	sipauth  *sipauthfake.Server
	easemob  *easemobfake.Server
	ippbx    *ippbxfake.Server
	ekuaibao *ekuaibaofake.Server
	lingju   *lingjufake.Server

	vars []string
	told []string // by keeps, so far

	mu  sync.Mutex
	now time.Time
}

func newStage(t testing.TB) *stage {
	s := &stage{t: t, home: t.TempDir(), plugins: t.TempDir(), now: time.Now()}
	s.sipauth = sipauthfake.New(sipauthfake.Options{Now: s.clock, Account: sipauthfake.Account{AppID: "ABCDEFG", AccessKey: "sip-access-key"}})
	s.easemob = easemobfake.New(easemobfake.Options{Now: s.clock, Account: easemobfake.Account{OrgName: "easemob-demo", AppName: "testapp",
		ClientID: "YXA6i-Ak8Ol4Eei2l11ZjV-EAg", ClientSecret: "easemob-client-secret"}})
	s.ippbx = ippbxfake.New(ippbxfake.Options{Now: s.clock, Account: ippbxfake.Account{Username: "api", Password: "pbx-password"}})
	s.ekuaibao = ekuaibaofake.New(ekuaibaofake.Options{Now: s.clock, Account: ekuaibaofake.Account{AppKey: "ek-app-key", AppSecurity: "ek-app-security"}})
	s.lingju = lingjufake.New(lingjufake.Options{Now: s.clock, Account: lingjufake.Account{AppKey: "lingju-app-key"}})
	for name, vendor := range map[string]http.Handler{"sipauth": s.sipauth, "easemob": s.easemob, "ippbx": s.ippbx, "ekuaibao": s.ekuaibao,
		"lingju": s.lingju} {
		server := httptest.NewServer(vendor)
		t.Cleanup(server.Close)
		s.vars = append(s.vars, name+"="+server.URL)
		s.plugin(name)
	}
	environment := map[string]string{"HOME": s.home, "XDG_RUNTIME_DIR": t.TempDir()}
	s.options = authrun.Options{
		Env:        func(name string) (string, bool) { v, ok := environment[name]; return v, ok },
		PluginDirs: []string{s.plugins}, Now: s.clock,
	}
	return s
}

// plugin puts a plugin of that name into the stage's folder: the test binary itself.
func (s *stage) plugin(name string) {
	s.t.Helper()
	self, err := os.Executable()
	if err != nil {
		s.t.Fatal(err)
	}
	if err := link(self, filepath.Join(s.plugins, "authrun-plugin-"+name)); err != nil {
		s.t.Fatal(err)
	}
}

// link gives an executable another name. The folder for temporary files may lie on another file system: then it is copied.
func link(file, name string) error {
	if os.Link(file, name) == nil {
		return nil
	}
	content, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	return os.WriteFile(name, content, 0o700)
}

func (s *stage) clock() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

func (s *stage) pass(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = s.now.Add(d)
}

// calls is the number of requests that the vendors saw.
func (s *stage) calls() int {
	return s.sipauth.Calls() + s.easemob.Calls() + s.ippbx.Calls() + s.ekuaibao.Calls() + s.lingju.Calls()
}

// strict fails the test for every request that a vendor's documents do not allow.
func (s *stage) strict() {
	s.t.Helper()
	for name, violations := range map[string][]string{"sipauth": s.sipauth.Violations(), "easemob": s.easemob.Violations(),
		"ippbx": s.ippbx.Violations(), "ekuaibao": s.ekuaibao.Violations(), "lingju": s.lingju.Violations()} {
		for _, v := range violations {
			s.t.Errorf("%s was asked against its documents: %s", name, v)
		}
	}
}

// write puts a flow into a file.
func (s *stage) write(flow string) string {
	s.t.Helper()
	path := filepath.Join(s.t.TempDir(), "flow.hcl")
	if err := os.WriteFile(path, []byte(flow), 0o600); err != nil {
		s.t.Fatal(err)
	}
	return path
}

// run opens a runtime of its own, as each process has one, loads the flow and does something with it.
func (s *stage) run(path string, do func(*authrun.Flow)) authrun.Diagnostics {
	s.t.Helper()
	rt, err := authrun.Open(s.options)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() {
		if err := rt.Close(); err != nil {
			s.t.Errorf("close: %v", err)
		}
	}()
	flow, diags := rt.Load(context.Background(), path, authrun.Inputs{Vars: s.vars})
	if flow != nil {
		do(flow)
	}
	return diags
}

// result is what an apply told.
type result struct {
	actions map[string]authrun.Action // by address
	failed  map[string]string         // class by address
	skipped map[string][]string
	outputs map[string]string // JSON by name
	diags   authrun.Diagnostics
	summary authrun.Summary
	err     error
}

func (s *stage) apply(path string, opts authrun.ApplyOptions) result {
	s.t.Helper()
	r := result{actions: map[string]authrun.Action{}, failed: map[string]string{}, skipped: map[string][]string{}, outputs: map[string]string{}}
	loaded := s.run(path, func(f *authrun.Flow) {
		r.summary, r.err = f.Apply(context.Background(), opts, func(e authrun.Event) {
			switch e := e.(type) {
			case authrun.AuthDone:
				r.actions[e.Address] = e.Action
			case authrun.AuthFailed:
				r.failed[e.Address] = e.Class
			case authrun.AuthSkipped:
				r.skipped[e.Address] = e.Because
			case authrun.Outputs:
				for _, o := range e.Outputs {
					r.outputs[o.Name] = string(o.Value)
				}
			case authrun.Diagnosed:
				r.diags = append(r.diags, e.Diagnostic)
			}
		})
	})
	r.diags = append(loaded, r.diags...)
	return r
}

// all is a flow of the five vendors, where one depends on another.
const all = `
variable "sipauth" {
  type = string
}
variable "easemob" {
  type = string
}
variable "ippbx" {
  type = string
}
variable "ekuaibao" {
  type = string
}
variable "lingju" {
  type = string
}
auth "sipauth" "a" {
  base_url  = var.sipauth
  appid     = "ABCDEFG"
  accesskey = "sip-access-key"
}
auth "easemob" "a" {
  base_url      = var.easemob
  org_name      = "easemob-demo"
  app_name      = "testapp"
  client_id     = "YXA6i-Ak8Ol4Eei2l11ZjV-EAg"
  client_secret = "easemob-client-secret"
  depends_on    = [auth.ippbx.a]
}
auth "ippbx" "a" {
  base_url = var.ippbx
  username = "api"
  password = "pbx-password"
  port     = 8260
  ipaddr   = "172.16.6.150"
}
auth "ekuaibao" "a" {
  base_url     = var.ekuaibao
  app_key      = "ek-app-key"
  app_security = "ek-app-security"
}
auth "lingju" "a" {
  base_url = var.lingju
  appkey   = "lingju-app-key"
  userid   = "device1"
}
output "company" {
  value = auth.sipauth.a.companyname
}
output "pbx" {
  value     = auth.ippbx.a.token
  sensitive = true
}
`
