package catalog

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/authrun/authrun/sdk"
	"github.com/authrun/authrun/sdk/client"
	"github.com/authrun/authrun/sdk/plugin"
)

// TestMain makes the test binary a plugin as well: started under a plugin's name, it is that plugin.
func TestMain(m *testing.M) {
	if name, ok := strings.CutPrefix(filepath.Base(os.Args[0]), prefix); ok {
		plugin.Serve(served{name})
	}
	goleak.VerifyTestMain(m)
}

// served is the vendor of that name, for plugin.Serve.
type served struct{ vendor string }

func (s served) Plugin() (sdk.Plugin, error) { return vendor{s.vendor}, nil }

// vendor is a plugin that does nothing but describe itself.
type vendor struct{ name string }

func (v vendor) Describe(context.Context) (sdk.Description, error) { return description(v.name), nil }
func (v vendor) Check(context.Context, json.RawMessage) ([]sdk.Problem, error) {
	return nil, nil
}
func (v vendor) Run(context.Context, sdk.Run) (sdk.Result, error) {
	return sdk.Result{Value: json.RawMessage(`{"token":"t"}`), Eternal: true}, nil
}

// description is one that has a little of everything.
func description(name string) sdk.Description {
	low, high := 1.0, 65535.0
	text := json.RawMessage(`"string"`)
	return sdk.Description{Vendor: name, Version: "1.2.3", SDK: "go 0.1.0", Doc: "What <" + name + "> is.",
		Config: sdk.Block{
			Attributes: []sdk.Attribute{
				{Name: "base_url", Type: text, Required: true, Account: true, Endpoint: true},
				{Name: "username", Type: text, Required: true, Account: true, Match: "[a-z]+", Hint: "small letters"},
				{Name: "password", Type: text, Sensitive: true},
				{Name: "code", Type: text, Volatile: true, OneOf: []json.RawMessage{json.RawMessage(`"a"`), json.RawMessage(`"b"`)}},
				{Name: "port", Type: json.RawMessage(`"number"`), Default: json.RawMessage(`8260`), Min: &low, Max: &high, Whole: true},
			},
			Blocks: []sdk.Nested{{Name: "callback", Max: 2, Block: sdk.Block{Attributes: []sdk.Attribute{{Name: "url", Type: text, Required: true}}}}},
			Rules:  []sdk.Rule{sdk.ExactlyOne("password", "code")},
		},
		Credential: sdk.Block{Attributes: []sdk.Attribute{{Name: "refresh", Type: text, Sensitive: true, Private: true}}},
		Abilities:  []sdk.Ability{{Operation: sdk.OpAcquire, Calls: 2}, {Operation: sdk.OpRenew, Calls: 1}},
		Limits: []sdk.Limit{
			{Name: "monthly", Scope: []string{"username"}, Quota: &sdk.Quota{Count: 10, Per: sdk.CalendarMonth, Zone: "UTC"}},
			{Name: "pause", Scope: []string{"base_url"}, MinInterval: time.Second},
			{Name: "lockout", Scope: []string{"base_url"}, Lockout: &sdk.Lockout{Refusals: 5, Hold: 10 * time.Minute}},
		},
		Token: sdk.Token{Second: sdk.KillsFirst, Use: []sdk.Placement{{In: sdk.InHeader, Name: "Authorization", Value: "Bearer {token}"}},
			Dead: []sdk.Evidence{{Status: 401}}},
	}
}

// program is the beginning of a file that this system could start.
func program(t testing.TB) []byte {
	t.Helper()
	f, err := os.Open(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	head := make([]byte, imageHead)
	if _, err := f.Read(head); err != nil {
		t.Fatal(err)
	}
	return head
}

// put writes a file that could be the plugin of a vendor, and makes it look as if it had been there for long.
func put(t testing.TB, dir, vendor, content string) string {
	t.Helper()
	path := filepath.Join(dir, fileName(vendor))
	if err := os.WriteFile(path, append(program(t), content...), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

// fakes starts processes that are none, and counts them.
type fakes struct {
	describes func(vendor string) (sdk.Description, error) // nil: description
	fail      func(n int) error                            // why start n (from 1) fails; nil: none does
	hold      chan struct{}                                // starts wait for it, or for the end of their context
	deaf      bool                                         // processes do not stop

	mu      sync.Mutex
	started []*fake
	starts  int
}

// fake is a process that is none.
type fake struct {
	sdk.Plugin
	binary  client.Binary
	options client.Options
	done    chan struct{}
	once    sync.Once
	deaf    chan struct{} // Close waits for it
	closed  bool
}

func (f *fake) Describe(ctx context.Context) (sdk.Description, error) { return f.Plugin.Describe(ctx) }
func (f *fake) Done() <-chan struct{}                                 { return f.done }
func (f *fake) die()                                                  { f.once.Do(func() { close(f.done) }) }
func (f *fake) Close() error {
	if f.deaf != nil {
		<-f.deaf
	}
	f.closed = true
	f.die()
	return nil
}

// telling is a vendor whose description is made up.
type telling struct {
	vendor
	tell func(string) (sdk.Description, error)
}

func (t telling) Describe(context.Context) (sdk.Description, error) { return t.tell(t.name) }

func (f *fakes) start(ctx context.Context, b client.Binary, o client.Options) (Process, error) {
	f.mu.Lock()
	f.starts++
	n := f.starts
	f.mu.Unlock()
	if f.hold != nil {
		select {
		case <-f.hold:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	if f.fail != nil {
		if err := f.fail(n); err != nil {
			return nil, err
		}
	}
	p := &fake{Plugin: vendor{b.Vendor}, binary: b, options: o, done: make(chan struct{})}
	if f.describes != nil {
		p.Plugin = telling{vendor{b.Vendor}, f.describes}
	}
	if f.deaf {
		p.deaf = make(chan struct{})
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.started = append(f.started, p)
	return p, nil
}

func (f *fakes) count() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.starts
}

func (f *fakes) last() *fake {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.started[len(f.started)-1]
}

// clock is one that tests set. It begins late enough for files just written to count as old.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Now().Add(time.Hour)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// stage is a catalog with folders of its own.
type stage struct {
	*Catalog
	dir, cache, root string
	fakes            *fakes
	clock            *clock
}

// open makes a catalog over the stage's folders: another run.
func (s *stage) open(t testing.TB, change ...func(*Options)) *Catalog {
	t.Helper()
	o := Options{Dirs: []string{s.dir}, CacheDir: s.cache, RunRoots: []string{s.root}, HostVersion: "0.1.0", Now: s.clock.Now, Start: s.fakes.start}
	for _, c := range change {
		c(&o)
	}
	c := New(o)
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func newStage(t testing.TB, change ...func(*Options)) *stage {
	t.Helper()
	s := &stage{dir: t.TempDir(), cache: filepath.Join(t.TempDir(), "cache"), root: shortDir(t), fakes: &fakes{}, clock: newClock()}
	s.Catalog = s.open(t, change...)
	return s
}

// shortDir is a private folder whose path leaves room for a socket's.
func shortDir(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "c")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// noTransport is for an operation that makes no exchange.
type noTransport struct{}

func (noTransport) RoundTrip(*http.Request) (*http.Response, error) {
	return nil, errors.New("there is no exchange in this test")
}

func TestRealProcess(t *testing.T) {
	s := newStage(t, func(o *Options) { o.Start = nil })
	if err := os.Symlink(os.Args[0], filepath.Join(s.dir, fileName("sample"))); err != nil {
		t.Skip(err)
	}
	is, err := s.Describe(t.Context(), "sample")
	if err != nil {
		t.Fatal(err)
	}
	if is.Vendor != "sample" || is.Version != "1.2.3" {
		t.Errorf("description of %s %s, want sample 1.2.3", is.Vendor, is.Version)
	}
	p, err := s.Plugin(t.Context(), "sample")
	if err != nil {
		t.Fatal(err)
	}
	r, err := p.Run(t.Context(), sdk.Run{Operation: sdk.OpAcquire, Config: json.RawMessage(`{}`), Transport: noTransport{}, Now: time.Now})
	if err != nil || string(r.Value) != `{"token":"t"}` {
		t.Errorf("result %s, %v", r.Value, err)
	}

	// It dies, and is there again.
	if err := p.(Process).Close(); err != nil {
		t.Fatal(err)
	}
	again, err := s.Plugin(t.Context(), "sample")
	if err != nil {
		t.Fatal(err)
	}
	if again == p {
		t.Error("the dead process was given out again")
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	left, err := os.ReadDir(s.root)
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	if _, err := s.Plugin(t.Context(), "sample"); !errors.Is(err, ErrClosed) {
		t.Errorf("error %v, want that it is closed", err)
	}
}
