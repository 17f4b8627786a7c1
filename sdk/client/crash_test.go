package client

import (
	"strings"
	"testing"
)

func TestCrashOf(t *testing.T) {
	for _, test := range []struct {
		name, lines, place string
		memory             bool
	}{
		{"nothing", "", "", false},
		{"an ordinary end", "no licence\nnone at all", "", false},
		{"a panic in a goroutine", "[INFO] begun\npanic: (sensitive)\n\ngoroutine 12 [running]:\nmain.login.func1()\n\t/home/eva/acme/login.go:42 +0x1d\n" +
			"created by main.login in goroutine 7\n\t/home/eva/acme/login.go:40 +0x55\nexit status 2", "acme/login.go:42", false},
		{"a fault of Go's runtime", "panic: runtime error: invalid memory address or nil pointer dereference\n[signal SIGSEGV: segmentation violation]\n\n" +
			"goroutine 1 [running]:\npanic({0x1, 0x2})\n\t/usr/local/go/src/runtime/panic.go:860 +0x13a\nacme.(*site).read(0x0)\n\t/src/acme/site.go:7 +0x4", "acme/site.go:7", false},
		{"the last of two", "panic: a [recovered]\n\ngoroutine 1 [running]:\na.b()\n\t/a/b.go:1\npanic: b\n\ngoroutine 1 [running]:\na.c()\n\t/a/c.go:2 +0x1",
			"a/c.go:2", false},
		{"cut before its place", "panic: a", "", false},
		{"no memory in Go", "fatal error: runtime: cannot allocate memory\n\ngoroutine 1 [running]:\nmain.f()\n\t/a/b.go:1", "", true},
		{"a large block in Go", "runtime: out of memory: cannot allocate 67108864-byte block (3 in use)\nfatal error: out of memory", "", true},
		{"Python", "Traceback (most recent call last):\n  File \"/opt/acme/main.py\", line 3, in <module>\n    run()\n  File \"/opt/acme/login.py\", line 9, in run\n" +
			"    raise ValueError(secret)\nValueError: (sensitive)", "acme/login.py:9", false},
		{"no memory in Python", "Traceback (most recent call last):\n  File \"/opt/acme/main.py\", line 3, in <module>\nMemoryError", "", true},
	} {
		tail := newTail(func(s string) string { return s }, nil)
		tail.read(strings.NewReader(test.lines + strings.Repeat("\nanother goroutine", 2*tailLines)))
		got := crashOf(tail.crashed())
		if got.place != test.place || got.memory != test.memory {
			t.Errorf("%s: got %q, memory %v", test.name, got.place, got.memory)
		}
		if last := len(got.lines) - 1; test.place != "" && test.name != "Python" && !strings.Contains(got.lines[last], test.place) {
			t.Errorf("%s: the lines end with %q", test.name, got.lines[last])
		}
	}
}
