package client

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/authrun/authrun/sdk"
)

// testBinary is the test binary as the plugin of that name. Its path is a symbolic link, so that it can be started by its path as well; a
// hard link would change the binary's stat under the other tests.
func testBinary(t *testing.T, name string) Binary {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "authrun-plugin-"+name)
	if err := os.Symlink(self, path); err != nil {
		t.Fatal(err)
	}
	return openBinary(t, name, path)
}

// openBinary opens the file at path as the plugin of that name.
func openBinary(t *testing.T, name, path string) Binary {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return Binary{Vendor: name, Path: path, File: f}
}

// testOptions is options with a folder for run files of their own, and the redaction of secret. When the test is over, nothing may be left
// in the folder.
func testOptions(t *testing.T) Options {
	t.Helper()
	dir, err := os.MkdirTemp("", "authrun") // the name of t.TempDir is too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		entries, err := os.ReadDir(dir)
		if err != nil || len(entries) > 0 {
			t.Errorf("the folder for run files holds %v at the end, want nothing (%v)", entries, err)
		}
		os.RemoveAll(dir)
	})
	return Options{RunDir: dir, HostVersion: "0.0.0", Redact: redactSecret}
}

func redactSecret(s string) string { return strings.ReplaceAll(s, secret, "(sensitive)") }

// startGood starts the plugin of that name, which must succeed, and closes it with the test.
func startGood(t *testing.T, name string, o Options) *Process {
	t.Helper()
	p, err := Start(context.Background(), testBinary(t, name), o)
	if err != nil {
		t.Fatalf("start: %v\n%s", err, strings.Join(stderrOf(err), "\n"))
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return p
}

// stderrOf is the lines that err carries, where it is an *Error.
func stderrOf(err error) []string {
	var e *Error
	if errors.As(err, &e) {
		return e.Stderr
	}
	return nil
}

// acquireRun is an acquire that does what o says.
func acquireRun(t *testing.T, o order) sdk.Run {
	t.Helper()
	return acquire(o)
}

func acquire(o order) sdk.Run {
	config, err := json.Marshal(o)
	if err != nil {
		panic(err)
	}
	return sdk.Run{Operation: sdk.OpAcquire, Config: config, Now: time.Now}
}

// tokenOf is the token of a result.
func tokenOf(t *testing.T, r sdk.Result) string {
	t.Helper()
	var v struct{ Token string }
	if err := json.Unmarshal(r.Value, &v); err != nil {
		t.Fatalf("the value %q: %v", r.Value, err)
	}
	return v.Token
}
