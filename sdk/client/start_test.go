package client

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/authrun/authrun/sdk/internal/wire"
	"github.com/google/go-cmp/cmp"
)

func TestStart(t *testing.T) {
	p := startGood(t, "good", testOptions(t))
	got, err := p.Describe(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	want, _ := (&vendor{name: "good"}).Describe(context.Background())
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the description changed on its way (-want +got):\n%s", diff)
	}
	for range 2 {
		if err := p.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	}
	<-p.Done()
	if _, err := p.Run(context.Background(), acquireRun(t, order{Do: "clock"})); !strings.Contains(err.Error(), "plugin good ended in operation acquire") {
		t.Errorf("an operation after Close: %v", err)
	}
}

func TestStartFails(t *testing.T) {
	for name, want := range map[string]string{
		"chatty":    `^plugin chatty printed "hello \(sensitive\)" before the handshake: a plugin must print nothing \(/.*/authrun-plugin-chatty\)$`,
		"quitter":   `^plugin quitter ended before the handshake: exit status 3 `,
		"closer":    `^plugin closer closed its standard output before the handshake `,
		"quick":     `^plugin quick ended in its first call: exit status 4 `,
		"brittle":   `^plugin brittle failed in its first call: panicked at client/plugins_test.go:\d+ `,
		"mute":      `^plugin mute printed no handshake within 1s `,
		"deaf":      `^plugin deaf did not answer within 1s of its start `,
		"future":    `^plugin future speaks protocol version 2, this authrun speaks version 1: upgrade authrun `,
		"past":      `^plugin past speaks protocol version 0, this authrun speaks version 1: upgrade the plugin `,
		"oldnet":    `^plugin oldnet speaks "netrpc" and not gRPC `,
		"elsewhere": `^plugin elsewhere offers an address that is not its own: "tcp 127.0.0.1:18090" `,
		"outside":   `^plugin outside offers an address that is not its own: "unix /run/docker.sock" `,
		"proxy":     `^plugin proxy cannot be connected to: process \d+ is at the other end, not process \d+ `,
		"misnamed":  `^plugin misnamed describes itself wrongly: it is the plugin of vendor "good", and its file is named for "misnamed" `,
		"illtyped":  `^plugin illtyped describes itself wrongly: its configuration: "do": its type is none that this authrun knows `,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if name == "proxy" && !wire.KnowsPeers {
				t.Skip("TLS keeps it out here, and says less")
			}
			o := testOptions(t)
			if name == "mute" || name == "deaf" {
				o.StartTimeout = time.Second
			}
			_, err := Start(context.Background(), testBinary(t, name), o)
			var fault *Error
			if !errors.As(err, &fault) {
				t.Fatalf("got %v, want an *Error", err)
			}
			if !regexp.MustCompile(want).MatchString(fault.Error()) {
				t.Errorf("got  %s\nwant %s", fault, want)
			}
			if fault.Vendor != name || strings.Contains(strings.Join(fault.Stderr, "\n"), secret) {
				t.Errorf("got vendor %q and lines %q", fault.Vendor, fault.Stderr)
			}
			if listener := regexp.MustCompile(`process (\d+) is at`).FindStringSubmatch(fault.Problem); listener != nil && !dies(listener[1]) {
				t.Errorf("what the plugin started lives on as process %s", listener[1])
			}
			if name == "quitter" && !cmp.Equal(fault.Stderr, []string{"no licence for (sensitive)"}) {
				t.Errorf("got the lines %q", fault.Stderr)
			}
		})
	}
}

func TestStartFileThatIsNoPlugin(t *testing.T) {
	other := "\x7fELF\x02\x01\x01" + strings.Repeat("\x00", 9) + "\x02\x00\xf3\x00" + strings.Repeat("\x00", 44)
	for _, test := range []struct {
		name, content string
		mode          os.FileMode
		want          string
	}{
		{"empty", "", 0o755, "it is an empty file"},
		{"text", "hello, I am a text\n", 0o755, "it is not a program, and this is " + runtime.GOOS + "/" + runtime.GOARCH},
		{"script", "#!/bin/sh\necho\n", 0o755, "it is a script, and a plugin must be a program of its own"},
		{"riscv", other, 0o755, "it is a program for riscv64, and this is"},
		{"windows", "MZ\x90\x00\x03", 0o755, "it is a program for Windows"},
		{"macos", "\xcf\xfa\xed\xfe\x0c\x00\x00\x01", 0o755, "it is a program for macOS"},
		{"locked", "\x7fELF", 0o600, "it is not executable (permission denied)"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "authrun-plugin-x")
			if err := os.WriteFile(path, []byte(test.content), test.mode); err != nil {
				t.Fatal(err)
			}
			_, err := Start(context.Background(), openBinary(t, "x", path), testOptions(t))
			if err == nil || !strings.HasPrefix(err.Error(), "plugin x cannot be started: "+test.want) {
				t.Errorf("got %v\nwant %s", err, test.want)
			}
		})
	}
}

func TestStartsTheVerifiedFile(t *testing.T) {
	b := testBinary(t, "good")
	impostor := b.Path + ".new"
	if err := os.WriteFile(impostor, []byte("#!/bin/sh\nexit 9\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(impostor, b.Path); err != nil {
		t.Fatal(err)
	}
	p, err := Start(context.Background(), b, testOptions(t))
	if runtime.GOOS != "linux" {
		if err == nil || !strings.Contains(err.Error(), "was replaced while it was being started") {
			t.Errorf("got %v", err)
		}
		return
	}
	if err != nil {
		t.Fatalf("the open file was not the one that was started: %v", err)
	}
	if err := p.Close(); err != nil {
		t.Error(err)
	}
}

func TestStartRefusesAFileThatChanged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "authrun-plugin-x")
	if err := os.WriteFile(path, []byte("MZ"), 0o755); err != nil {
		t.Fatal(err)
	}
	b := openBinary(t, "x", path)
	var err error
	if b.Verified, err = b.File.Stat(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("MZ and more"), 0o755); err != nil {
		t.Fatal(err)
	}
	_, err = Start(context.Background(), b, testOptions(t))
	if err == nil || !strings.Contains(err.Error(), "cannot be started: the executable was written to") {
		t.Errorf("got %v", err)
	}
}

func TestStartCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	timer := time.AfterFunc(50*time.Millisecond, cancel)
	defer timer.Stop()
	_, err := Start(ctx, testBinary(t, "mute"), testOptions(t))
	var fault *Error
	if !errors.Is(err, context.Canceled) || errors.As(err, &fault) {
		t.Errorf("got %v, want the context's error and no fault of the plugin", err)
	}
}

func TestStartFolder(t *testing.T) {
	b := testBinary(t, "good")
	open := testOptions(t)
	if err := os.Chmod(open.RunDir, 0o755); err != nil {
		t.Fatal(err)
	}
	long := testOptions(t)
	longDir := filepath.Join(long.RunDir, strings.Repeat("x", 80))
	if err := os.Mkdir(longDir, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Remove(longDir) })
	for dir, want := range map[string]string{
		open.RunDir:      "must be a folder that only its owner can enter",
		longDir:          "bytes long, and the system allows 10",
		"/no/such/place": "no such file or directory",
		"relative":       "is not an absolute path",
	} {
		_, err := Start(context.Background(), b, Options{RunDir: dir})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", dir, err, want)
		}
	}
}
