package runtime

import (
	"context"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	goruntime "runtime"
	"strings"
	"testing"
	"time"

	"github.com/authrun/authrun/runtime/internal/seal"
)

// keyRuntime is a runtime in an environment of its own.
func keyRuntime(t *testing.T, environment map[string]string) *Runtime {
	t.Helper()
	rt, err := Open(Options{
		Env: func(name string) (string, bool) { value, set := environment[name]; return value, set },
		Environ: func() []string {
			return []string{"PATH=" + os.Getenv("PATH"), "KEY_IN_ENVIRONMENT=" + environment["KEY_IN_ENVIRONMENT"]}
		},
	})
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

func TestKeySource(t *testing.T) {
	home := t.TempDir()
	flows := filepath.Join(home, "flow-key")
	usual := filepath.Join(home, ".config", "authrun", "key")
	for _, c := range []struct {
		name string
		env  map[string]string
		flow string
		want keySource // or
		says string    // in an error
	}{
		{"nothing", nil, "", keySource{}, "AUTHRUN_KEY_COMMAND, AUTHRUN_KEY_FILE, `key_file`"},
		{"the usual file", map[string]string{"HOME": home}, "", keySource{file: usual}, ""},
		{"the flow's file", map[string]string{"HOME": home}, flows, keySource{file: flows}, ""},
		{"a file of the environment", map[string]string{"AUTHRUN_KEY_FILE": "/k", "HOME": home}, flows, keySource{file: "/k"}, ""},
		{"a key", map[string]string{"AUTHRUN_KEY": "0a1b2c3d", "HOME": home}, flows, keySource{content: "0a1b2c3d"}, ""},
		{"a command", map[string]string{"AUTHRUN_KEY_COMMAND": "pass show x", "HOME": home}, flows,
			keySource{command: "pass show x", limit: keyCommandTimeout}, ""},
		{"a key and a file", map[string]string{"AUTHRUN_KEY": "0a1b2c3d", "AUTHRUN_KEY_FILE": "/k"}, "", keySource{},
			"AUTHRUN_KEY and AUTHRUN_KEY_FILE are set: unset all but one"},
		{"a key and a command", map[string]string{"AUTHRUN_KEY": "0a1b2c3d", "AUTHRUN_KEY_COMMAND": "x"}, "", keySource{},
			"AUTHRUN_KEY and AUTHRUN_KEY_COMMAND are set"},
		{"a command and a file", map[string]string{"AUTHRUN_KEY_COMMAND": "x", "AUTHRUN_KEY_FILE": "/k"}, "", keySource{},
			"AUTHRUN_KEY_COMMAND and AUTHRUN_KEY_FILE are set"},
		{"an empty key", map[string]string{"AUTHRUN_KEY": "", "HOME": home}, "", keySource{}, "AUTHRUN_KEY is set and empty"},
		{"a blank command", map[string]string{"AUTHRUN_KEY_COMMAND": " ", "HOME": home}, "", keySource{}, "AUTHRUN_KEY_COMMAND is set and empty"},
		{"an empty name of a file", map[string]string{"AUTHRUN_KEY_FILE": "", "HOME": home}, "", keySource{file: usual}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			rt := keyRuntime(t, c.env)
			got, err := rt.keySource(c.flow)
			if c.says != "" {
				if err == nil || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "0a1b2c3d") {
					t.Errorf("error %v, want one that says %q and not the key", err, c.says)
				}
				return
			}
			if got.name == "" {
				t.Error("it has no name")
			}
			got.name = ""
			if err != nil || got != c.want {
				t.Errorf("got %+v, %v; want %+v", got, err, c.want)
			}
		})
	}
}

// A key of the environment is redacted wherever it turns up.
func TestKeyOfAVariableIsRedacted(t *testing.T) {
	secret := hex.EncodeToString(make([]byte, seal.KeySize-1)) + "77"
	rt := keyRuntime(t, map[string]string{"AUTHRUN_KEY": secret})
	source, err := rt.keySource("")
	if err != nil {
		t.Fatal(err)
	}
	if ring, err := rt.keys(t.Context(), source); err != nil || len(ring.Keys()) != 1 {
		t.Errorf("keys %s, %v", ring.Names(), err)
	}
	if shown := rt.secrets.String("it is " + secret); strings.Contains(shown, secret) {
		t.Error(shown)
	}
}

func TestKeyCommand(t *testing.T) {
	if goruntime.GOOS == "windows" {
		t.Skip("the commands are those of a Unix shell")
	}
	key, err := keyRuntime(t, nil).NewKey()
	if err != nil {
		t.Fatal(err)
	}
	key = strings.TrimSpace(key)
	const leak = "authrun-key-1:"
	for _, c := range []struct {
		name, command string
		keys          int
		says          string // in the error
	}{
		{"a line", `printf '%s\n' "$KEY_IN_ENVIRONMENT"`, 1, ""},
		{"with a pipe and quotes", `printf '%s' "$KEY_IN_ENVIRONMENT" | cat`, 1, ""},
		{"two keys", `echo "$KEY_IN_ENVIRONMENT"; echo ` + strings.Repeat("0b", seal.KeySize), 2, ""},
		{"complains and works", `echo careful >&2; echo "$KEY_IN_ENVIRONMENT"`, 1, ""},
		{"leaves something running", `sleep 60 & echo "$KEY_IN_ENVIRONMENT"`, 1, ""},
		{"fails", `echo "$KEY_IN_ENVIRONMENT"; echo "no such entry: $KEY_IN_ENVIRONMENT" >&2; exit 3`, 0,
			"failed (exit status 3); it said: no such entry: (sensitive)"},
		{"fails and says nothing", `exit 4`, 0, "failed (exit status 4)"},
		{"is none", `no-such-command-at-all`, 0, "127"},
		{"prints nothing", `echo locked >&2`, 0, "it is empty; it said: locked"},
		{"prints something else", `echo Enter your password:`, 0, "not a key of authrun"},
		{"prints a key that is cut", `echo "$KEY_IN_ENVIRONMENT" | cut -c1-40`, 0, "it may have been cut"},
		{"prints without end", `yes "$KEY_IN_ENVIRONMENT" | head -c 1000000`, 0, "not a key of authrun"},
	} {
		t.Run(c.name, func(t *testing.T) {
			rt := keyRuntime(t, map[string]string{"AUTHRUN_KEY_COMMAND": c.command, "KEY_IN_ENVIRONMENT": key})
			source, err := rt.keySource("")
			if err != nil {
				t.Fatal(err)
			}
			ring, err := rt.keys(t.Context(), source)
			if c.says == "" {
				if err != nil || len(ring.Keys()) != c.keys {
					t.Errorf("keys %s, %v", ring.Names(), err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), "AUTHRUN_KEY_COMMAND") {
				t.Fatalf("error %v, want one that says %q", err, c.says)
			}
			if text := err.Error(); strings.Contains(text, strings.TrimPrefix(key, leak)[:20]) || strings.Contains(text, "Enter your password") {
				t.Errorf("the error shows what was printed: %v", err)
			}
		})
	}
}

func TestKeyCommandTakesTooLong(t *testing.T) {
	if goruntime.GOOS == "windows" {
		t.Skip("the commands are those of a Unix shell")
	}
	rt := keyRuntime(t, nil)
	source := keySource{name: "the command", command: "echo waiting for a finger >&2; exec sleep 60", limit: 300 * time.Millisecond}
	began := time.Now()
	_, err := rt.keys(t.Context(), source)
	if err == nil || !strings.Contains(err.Error(), "did not end within 300ms; it said: waiting for a finger") {
		t.Errorf("error %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	source.limit = time.Minute
	if _, err := rt.keys(ctx, source); !errors.Is(err, context.Canceled) {
		t.Errorf("interrupted: %v", err)
	}
	if took := time.Since(began); took > 30*time.Second {
		t.Errorf("it took %s", took)
	}
}

// Keys of a file that is there no more are missed with words, and never made anew over what they sealed; a variable's make no file.
func TestKeysOfAStore(t *testing.T) {
	dir := t.TempDir()
	rt := keyRuntime(t, nil)
	file := keySource{name: "the key file", file: filepath.Join(dir, "key")}
	if _, err := rt.keysOf(t.Context(), file, "/the/store.db", true); !errors.Is(err, seal.ErrNoKey) && (err == nil || !strings.Contains(err.Error(), "put it back")) {
		t.Errorf("error %v", err)
	}
	if _, err := os.Stat(file.file); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a key was made (%v)", err)
	}
	if ring, err := rt.keysOf(t.Context(), file, "/the/store.db", false); err != nil || len(ring.Keys()) != 1 {
		t.Errorf("keys %s, %v", ring.Names(), err)
	}
	if _, err := rt.keysOf(t.Context(), keySource{name: "AUTHRUN_KEY", content: "nonsense-in-it"}, "/the/store.db", false); !errors.Is(err, seal.ErrBadKey) ||
		strings.Contains(err.Error(), "nonsense-in-it") || !strings.Contains(err.Error(), "what AUTHRUN_KEY holds") {
		t.Errorf("error %v", err)
	}
}
