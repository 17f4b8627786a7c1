package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// start runs the simulator and returns the first line that it prints.
func start(ctx context.Context, t *testing.T, input io.Reader, args ...string) (line string, ended <-chan error) {
	t.Helper()
	out, printed := io.Pipe()
	done := make(chan error, 1)
	go func() {
		done <- run(ctx, append([]string{"-addr", "127.0.0.1:0"}, args...), input, printed, io.Discard)
	}()
	lines := bufio.NewReader(out)
	line, err := lines.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	go func() { _, _ = io.Copy(io.Discard, lines) }()
	return strings.TrimSpace(line), done
}

func wait(t *testing.T, ended <-chan error) {
	t.Helper()
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("it ended with %v", err)
		}
	case <-time.After(10 * time.Second):
		t.Error("it did not end")
	}
}

func TestServesUntilToldToEnd(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	line, ended := start(ctx, t, nil, "-delay", "1ms")
	var base string
	if _, err := fmt.Sscanf(line, "sim = %q", &base); err != nil {
		t.Fatalf("the first line is %q: %v", line, err)
	}
	resp, err := http.Get(base + "/_calls")
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil || !strings.Contains(string(body), `"lingju":0`) {
		t.Errorf("/_calls answered %s, %v", body, err)
	}
	_ = resp.Body.Close()
	cancel()
	wait(t, ended)
}

func TestEndsWithItsInput(t *testing.T) {
	input, hold := io.Pipe()
	line, ended := start(t.Context(), t, input, "-env")
	if !strings.HasPrefix(line, "export AUTHRUN_VAR_sim=http://127.0.0.1:") {
		t.Errorf("the first line is %q", line)
	}
	_ = hold.Close()
	wait(t, ended)
}

func TestBadFlags(t *testing.T) {
	for name, args := range map[string][]string{
		"unknown flag":   {"-x"},
		"unknown vendor": {"-refuse", "lingju,nobody"},
		"no address":     {"-addr", "nowhere"},
		"not loopback":   {"-addr", "0.0.0.0:0"},
	} {
		t.Run(name, func(t *testing.T) {
			if err := run(t.Context(), args, nil, io.Discard, io.Discard); err == nil {
				t.Error("it did not fail")
			}
		})
	}
}
