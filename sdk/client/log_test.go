package client

import (
	"bytes"
	"context"
	"runtime"
	"strings"
	"testing"

	"github.com/hashicorp/go-hclog"
)

func TestPluginLog(t *testing.T) {
	for _, test := range []struct {
		level hclog.Level
		want  string
	}{
		{hclog.Info, "[INFO]  logged in: password=\"(sensitive)\"\n"},
		{hclog.Error, ""},
	} {
		var out bytes.Buffer
		o := testOptions(t)
		o.Log = hclog.New(&hclog.LoggerOptions{Level: test.level, Output: &out, DisableTime: true})
		p := startGood(t, "good", o)
		// A line that looks like one of a log but is not ends go-plugin's own parser, and the host with it.
		if _, err := p.Run(context.Background(), acquireRun(t, order{Do: "log"})); err != nil {
			t.Fatal(err)
		}
		if err := p.Close(); err != nil {
			t.Fatal(err)
		}
		if out.String() != test.want {
			t.Errorf("at level %s: got %q, want %q", test.level, out.String(), test.want)
		}
		if lines := strings.Join(p.tail.last(), "\n"); !strings.Contains(lines, `{"@message": 5,`) {
			t.Errorf("the last lines are %q", lines)
		}
	}
}

func TestProcessName(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("processes are started by their path here")
	}
	p := startGood(t, "good", testOptions(t))
	result, err := p.Run(context.Background(), acquireRun(t, order{Do: "name"}))
	if err != nil || tokenOf(t, result) != "authrun-good" {
		t.Errorf("the process is called %s (%v)", result.Value, err)
	}
}

func TestTail(t *testing.T) {
	tail := newTail(strings.NewReplacer("two\nlines", "(sensitive)").Replace, nil)
	tail.read(strings.NewReader(strings.Repeat("old\n", 300) + "two\nlines\n" + strings.Repeat("x", 70_000) + "\nlast"))
	lines := tail.last()
	n := len(lines)
	if n != tailLines-1 || lines[n-3] != "(sensitive)" || len(lines[n-2]) != shownLine+len(" ...") || lines[n-1] != "last" {
		t.Errorf("got %d lines, the last %.30q", n, lines[n-3:])
	}
}

func TestWriter(t *testing.T) {
	tail := newTail(strings.ToUpper, nil)
	w := &writer{tail: tail}
	for _, piece := range []string{"a", "b\nc", "\n\nd"} {
		if n, err := w.Write([]byte(piece)); n != len(piece) || err != nil {
			t.Fatal(n, err)
		}
	}
	if got := strings.Join(tail.last(), "|"); got != "AB|C|" {
		t.Errorf("got %q", got)
	}
}
