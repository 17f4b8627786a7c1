package runtime_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	authrun "github.com/authrun/authrun/runtime"
)

// nothing answers at once.
type nothing struct{}

func (nothing) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody}, nil
}

// BenchmarkEmbed is what a program pays that has authrun inside: `make bench` prints it.
func BenchmarkEmbed(b *testing.B) {
	b.Run("token", benchmarkToken)
	b.Run("request", benchmarkRequest)
	b.Run("open", benchmarkOpen)
}

// each reports how long one round took, by a name that `make bench` knows.
func each(b *testing.B, name string) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N), name+"-ns")
}

// benchmarkToken is a living token that eight goroutines ask for.
func benchmarkToken(b *testing.B) {
	s := newStage(b)
	s.options.Now = nil
	_, source := s.sourceOf(s.write(all), "auth.ekuaibao.a")
	if _, err := source.Token(); err != nil {
		b.Fatal(err)
	}
	b.SetParallelism(max(1, 8/runtime.GOMAXPROCS(0)))
	b.ReportAllocs()
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := source.Token(); err != nil {
				b.Error(err)
			}
		}
	})
	each(b, "token")
}

// benchmarkRequest is what a request costs beside the RoundTripper below.
func benchmarkRequest(b *testing.B) {
	s := newStage(b)
	s.options.Now = nil
	_, source := s.sourceOf(s.write(all), "auth.easemob.a")
	transport, err := source.Transport(nothing{}, "https://api.example.com")
	if err != nil {
		b.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodGet, "https://api.example.com/v1/things?page=2", nil)
	r.Header.Set("Accept", "application/json")
	if _, err := transport.RoundTrip(r); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := transport.RoundTrip(r); err != nil {
			b.Fatal(err)
		}
	}
	each(b, "request")
}

// benchmarkOpen is a runtime whose five vendors are plugins with stored credentials, until the first token of each is there.
func benchmarkOpen(b *testing.B) {
	s := newStage(b)
	s.options.Now = nil
	s.distinct()
	path := s.write(all)
	for range 2 { // the first gets the tokens, the second hashes plugins that are no longer new
		if err := s.tokens(path).Close(); err != nil {
			b.Fatal(err)
		}
		time.Sleep(3 * time.Second)
	}
	before := s.calls()
	b.ReportAllocs()
	for b.Loop() {
		rt := s.tokens(path)
		b.StopTimer()
		if err := rt.Close(); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
	each(b, "open")
	if s.calls() != before {
		b.Error("vendors were called")
	}
}

// distinct makes the stage's plugins files of their own, as they are elsewhere: what is remembered of one goes by its content.
func (s *stage) distinct() {
	s.t.Helper()
	self, err := os.Executable()
	if err != nil {
		s.t.Fatal(err)
	}
	content, err := os.ReadFile(self)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, vendor := range []string{"sipauth", "easemob", "ippbx", "ekuaibao", "lingju"} {
		file := filepath.Join(s.plugins, "authrun-plugin-"+vendor)
		if err := os.Remove(file); err != nil {
			s.t.Fatal(err)
		}
		if err := os.WriteFile(file, append(content[:len(content):len(content)], vendor...), 0o700); err != nil {
			s.t.Fatal(err)
		}
	}
}

// tokens opens a runtime and gets the token of each address of a flow.
func (s *stage) tokens(path string) *authrun.Runtime {
	s.t.Helper()
	rt, err := authrun.Open(s.options)
	if err != nil {
		s.t.Fatal(err)
	}
	f, diags := rt.Load(context.Background(), path, authrun.Inputs{Vars: s.vars})
	if diags.HasErrors() {
		s.t.Fatal(diags)
	}
	for _, address := range f.Names().Addresses {
		source, err := f.TokenSource(address)
		if err == nil {
			_, err = source.Token()
		}
		if err != nil {
			s.t.Fatal(err)
		}
	}
	return rt
}

// Where all is stored no plugin is started.
func TestStoredStartsNoPlugin(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("it reads /proc")
	}
	s := newStage(t)
	// The stage's plugins are one file, and what is remembered of a plugin goes by its content: so it is one vendor here.
	_, ours, _ := strings.Cut(all, `auth "ekuaibao"`)
	ours, _, _ = strings.Cut(ours, "auth")
	path := s.write("variable \"ekuaibao\" {}\nauth \"ekuaibao\"" + ours)
	s.vars = slices.DeleteFunc(s.vars, func(v string) bool { return !strings.HasPrefix(v, "ekuaibao=") })
	if err := s.tokens(path).Close(); err != nil {
		t.Fatal(err)
	}
	before := childrenOf(t)
	rt := s.tokens(path)
	if now := childrenOf(t); len(now) > len(before) {
		t.Errorf("processes before: %v; now: %v", before, now)
	}
	if err := rt.Close(); err != nil {
		t.Error(err)
	}
	if n := s.calls(); n != 1 {
		t.Errorf("%d calls, want 1", n)
	}
}
