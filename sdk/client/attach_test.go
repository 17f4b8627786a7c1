package client

import (
	"bufio"
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/authrun/authrun/sdk/internal/wire"
)

// debugged starts the plugin of that name as a developer does, and gives what it printed and a function that ends it.
func debugged(t *testing.T, name string) (at Attachment, end func()) {
	t.Helper()
	if !wire.KnowsPeers {
		t.Skip("no host can attach here")
	}
	cmd := exec.Command(testBinary(t, name).Path)
	cmd.Env = append(os.Environ(), envDebugged+"="+name, "AUTHRUN_DEBUG=1", "TMPDIR="+shortDir(t))
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := false
	end = func() {
		if ended {
			return
		}
		ended = true
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Error(err)
		}
		if err := cmd.Wait(); err != nil {
			t.Errorf("the plugin ended with %v", err)
		}
	}
	t.Cleanup(end)
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("it printed %q: %v", line, err)
	}
	value, ok := strings.CutPrefix(strings.TrimSpace(line), AttachVariable+"='")
	all, err := ParseAttachments(strings.TrimSuffix(value, "'"))
	if !ok || err != nil {
		t.Fatalf("it printed %q: %v", line, err)
	}
	return all[name], end
}

func TestAttach(t *testing.T) {
	at, end := debugged(t, "good")
	for range 2 { // it serves one host after the other
		p, err := Attach(context.Background(), "good", at, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if d, err := p.Describe(context.Background()); err != nil || d.Version != "1.2.3" {
			t.Errorf("got %v, %v", d, err)
		}
		if _, err := p.Run(context.Background(), acquireRun(t, order{Do: "clock"})); err != nil {
			t.Error(err)
		}
		if held := p.Held(); len(held.Held) > 0 || !strings.Contains(held.Gaps(), "the plugin was started by hand") {
			t.Errorf("what holds it is told as %+v", held)
		}
		if err := p.Close(); err != nil {
			t.Error(err)
		}
		<-p.Done()
	}
	p, err := Attach(context.Background(), "good", at, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	end()
	<-p.Done()
	_, err = p.Run(context.Background(), acquireRun(t, order{Do: "clock"}))
	if err == nil || !strings.Contains(err.Error(), "plugin good broke the connection in operation acquire: is it still being debugged?") {
		t.Errorf("got %v", err)
	}
}

func TestAttachRefuses(t *testing.T) {
	at, _ := debugged(t, "good")
	stranger, gone, later, relative := at, at, at, at
	stranger.PID = os.Getpid()
	gone.Socket += "gone"
	later.Protocol = 2
	relative.Socket = "socket"
	for _, test := range []struct {
		name, vendor string
		at           Attachment
		options      Options
		want         string
	}{
		{"another process", "good", stranger, Options{}, "is at the other end, not process"},
		{"no socket", "good", gone, Options{}, "no such file or directory"},
		{"no path", "good", relative, Options{}, "is not absolute"},
		{"another protocol", "good", later, Options{}, "speaks protocol version 2, this authrun speaks version 1: upgrade authrun"},
		{"another vendor", "acme", at, Options{}, `it is the plugin of vendor "good", and its file is named for "acme"`},
		{"a sandbox is required", "good", at, Options{RequireSandbox: true}, "a sandbox is required"},
	} {
		test.options.StartTimeout = 5 * time.Second
		_, err := Attach(context.Background(), test.vendor, test.at, test.options)
		var fault *Error
		if !errors.As(err, &fault) || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %s", test.name, err, test.want)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Attach(ctx, "good", at, Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
