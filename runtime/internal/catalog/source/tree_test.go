package source

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// program is what is published.
const program = "\x7fELF and more"

// publish lays out a release in a folder.
func publish(t *testing.T, dir, version string) {
	t.Helper()
	r := Release{Vendor: "acme", Version: version, Sums: map[string]Sum{"linux_amd64": sha256.Sum256([]byte(program)),
		"windows_amd64": sha256.Sum256([]byte(program))}}
	write(t, filepath.Join(dir, "acme", version, ListName("acme", version)), string(r.Text()))
	write(t, filepath.Join(dir, "acme", version, ExecutableName("acme", version, "linux_amd64")), program)
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, _ = z.Write([]byte(program))
	_ = z.Close()
	write(t, filepath.Join(dir, "acme", version, ExecutableName("acme", version, "windows_amd64")+".gz"), packed.String())
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(content), 0o644)); err != nil {
		t.Fatal(err)
	}
}

// open opens the source at an address.
func open(t *testing.T, text string, o Options) Source {
	t.Helper()
	a, err := ParseAddress(text, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	s, err := a.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// serve serves over TLS, and gives the options by which its certificate is believed.
func serve(t *testing.T, h http.Handler) (at string, o Options) {
	t.Helper()
	s := httptest.NewTLSServer(h)
	t.Cleanup(s.Close)
	return s.URL, Options{Transport: s.Client().Transport}
}

func TestFolderAndServer(t *testing.T) {
	dir := t.TempDir()
	for _, version := range []string{"1.0.0", "1.2.0", "1.3.0-rc.1"} {
		publish(t, dir, version)
	}
	write(t, filepath.Join(dir, "acme", VersionsName), "1.0.0\n1.2.0\n1.3.0-rc.1\n")
	at, o := serve(t, http.FileServer(http.Dir(dir)))
	for _, text := range []string{dir, "file://" + filepath.ToSlash(dir), at, at + "/"} {
		t.Run(text, func(t *testing.T) {
			s := open(t, text, o)
			versions, err := s.Versions(t.Context(), "acme")
			slices.Sort(versions)
			if diff := cmp.Diff([]string{"1.0.0", "1.2.0", "1.3.0-rc.1"}, versions); err != nil || diff != "" {
				t.Fatal(err, diff)
			}
			r, err := s.Release(t.Context(), "acme", "1.2.0")
			if diff := cmp.Diff([]string{"linux_amd64", "windows_amd64"}, r.Platforms()); err != nil || diff != "" {
				t.Fatal(err, diff)
			}
			for _, platform := range r.Platforms() { // one as it is, one packed
				var got bytes.Buffer
				if err := s.Fetch(t.Context(), r, platform, &got); err != nil || got.String() != program {
					t.Errorf("%s: %q, %v", platform, got.String(), err)
				}
			}
			for what, ask := range map[string]func() error{
				"vendor":  func() error { _, err := s.Versions(t.Context(), "other"); return err },
				"version": func() error { _, err := s.Release(t.Context(), "acme", "9.0.0"); return err },
			} {
				if err := ask(); !errors.Is(err, ErrNotPublished) || !strings.Contains(err.Error(), text) {
					t.Errorf("%s: %v", what, err)
				}
			}
		})
	}
}

func TestFolderThatIsNotThere(t *testing.T) {
	_, err := open(t, filepath.Join(t.TempDir(), "none"), Options{}).Versions(t.Context(), "acme")
	if err == nil || errors.Is(err, ErrNotPublished) || !strings.Contains(err.Error(), "cannot be read") {
		t.Errorf("%v", err)
	}
}

func TestDamagedFiles(t *testing.T) {
	dir := t.TempDir()
	publish(t, dir, "1.0.0")
	s := open(t, dir, Options{})
	r, err := s.Release(t.Context(), "acme", "1.0.0")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "acme", "1.0.0", ExecutableName("acme", "1.0.0", "windows_amd64")+".gz")
	packed, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{"cut short": string(packed[:len(packed)-6]), "no gzip": "<html>", "empty": ""} {
		write(t, path, content)
		if err := s.Fetch(t.Context(), r, "windows_amd64", io.Discard); err == nil || !strings.Contains(err.Error(), "acme 1.0.0") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := s.Fetch(t.Context(), r, "windows_amd64", io.Discard); err == nil || !strings.Contains(err.Error(), "not there") {
		t.Errorf("missing: %v", err)
	}
	if err := os.Mkdir(path, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := s.Fetch(t.Context(), r, "windows_amd64", io.Discard); err == nil || !strings.Contains(err.Error(), "no regular file") {
		t.Errorf("a folder: %v", err)
	}
}

func TestBoundedCopy(t *testing.T) {
	if err := copyBounded(io.Discard, strings.NewReader("123"), 3); err != nil {
		t.Error(err)
	}
	if err := copyBounded(io.Discard, strings.NewReader("1234"), 3); err == nil {
		t.Error("more was copied than is allowed")
	}
	at, o := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write(bytes.Repeat([]byte("#\n"), maxText))
	}))
	if _, err := open(t, at, o).Versions(t.Context(), "acme"); err == nil || !strings.Contains(err.Error(), "larger than") {
		t.Errorf("a list of 2 MiB: %v", err)
	}
}

// endless writes for ever.
func endless(w http.ResponseWriter, r *http.Request) {
	chunk := bytes.Repeat([]byte{0}, 1<<20)
	for r.Context().Err() == nil {
		if _, err := w.Write(chunk); err != nil {
			return
		}
	}
}

func TestEndlessExecutable(t *testing.T) {
	if testing.Short() {
		t.Skip("256 MiB are sent")
	}
	at, o := serve(t, http.HandlerFunc(endless))
	err := open(t, at, o).Fetch(t.Context(), Release{Vendor: "acme", Version: "1.0.0"}, "linux_amd64", io.Discard)
	if err == nil || !strings.Contains(err.Error(), "larger than 256 MiB") {
		t.Errorf("%v", err)
	}
}

func TestServersThatMisbehave(t *testing.T) {
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	for name, test := range map[string]struct {
		answer http.HandlerFunc
		want   string
	}{
		"broken":    {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) }, "502 Bad Gateway"},
		"forbidden": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) }, "403 Forbidden"},
		"too many":  {func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Retry-After", "60"); w.WriteHeader(429) }, `Retry-After: "60"`},
		"a page":    {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) }, "no version"},
		"redirect to http": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, plain.URL+"/signed?sig=opensesame", http.StatusFound)
		}, "without TLS"},
		"redirects for ever": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, r.URL.Path+"?sig=opensesame", http.StatusFound)
		}, "10 redirects"},
		"hangs up": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "EOF"},
	} {
		t.Run(name, func(t *testing.T) {
			at, o := serve(t, test.answer)
			_, err := open(t, at, o).Versions(t.Context(), "acme")
			if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "opensesame") {
				t.Errorf("%v, want it to say %q", err, test.want)
			}
		})
	}
}

func TestRedirectWithinTLS(t *testing.T) {
	at, o := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/a/acme/VERSIONS" {
			http.Redirect(w, r, "/b", http.StatusFound)
			return
		}
		_, _ = w.Write([]byte("1.0.0"))
	}))
	versions, err := open(t, at+"/a", o).Versions(t.Context(), "acme")
	if diff := cmp.Diff([]string{"1.0.0"}, versions); err != nil || diff != "" {
		t.Error(err, diff)
	}
}

func TestServerThatFallsSilent(t *testing.T) {
	for name, begin := range map[string]string{"at once": "", "on the way": "1.0.0\n"} {
		t.Run(name, func(t *testing.T) {
			at, o := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if begin != "" {
					_, _ = w.Write([]byte(begin))
					w.(http.Flusher).Flush()
				}
				<-r.Context().Done()
				panic(http.ErrAbortHandler)
			}))
			o.Patience = 50 * time.Millisecond
			if _, err := open(t, at, o).Versions(t.Context(), "acme"); !errors.Is(err, errSilent) {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestServerThatIsDown(t *testing.T) {
	at, o := serve(t, http.NotFoundHandler())
	down := httptest.NewTLSServer(http.NotFoundHandler())
	down.Close()
	_, err := open(t, down.URL, o).Versions(t.Context(), "acme")
	if err == nil || errors.Is(err, ErrNotPublished) || !strings.Contains(err.Error(), down.URL) {
		t.Errorf("down: %v", err)
	}
	_, err = open(t, at, Options{}).Versions(t.Context(), "acme")
	if err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("a certificate that nobody signed: %v", err)
	}
}

func TestCallerWhoGivesUp(t *testing.T) {
	asked := make(chan struct{})
	at, o := serve(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(asked)
		<-r.Context().Done()
		panic(http.ErrAbortHandler) // to return would be an answer, which may come before the caller is told that he gave up
	}))
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-asked; cancel() }()
	if _, err := open(t, at, o).Versions(ctx, "acme"); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func TestProxyOfTheEnvironment(t *testing.T) {
	env := map[string]string{"HTTPS_PROXY": "http://proxy.example:3128", "NO_PROXY": "near.example"}
	choose := Options{Env: func(name string) (string, bool) { v, ok := env[name]; return v, ok }}.proxy()
	for at, want := range map[string]string{"https://far.example/x": "http://proxy.example:3128", "https://near.example/x": ""} {
		u, err := url.Parse(at)
		if err != nil {
			t.Fatal(err)
		}
		got, err := choose(&http.Request{URL: u})
		if err != nil || (got == nil) != (want == "") || got != nil && got.String() != want {
			t.Errorf("%s goes through %v, %v; want %q", at, got, err, want)
		}
	}
}
