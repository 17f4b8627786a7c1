package client

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"
)

// beHost is the main of a host that starts the plugin of that name, prints the plugin's process number and waits to be killed.
func beHost(name string) {
	self, err := os.Executable()
	if err != nil {
		panic(err)
	}
	f, err := os.Open(self)
	if err != nil {
		panic(err)
	}
	p, err := Start(context.Background(), Binary{Vendor: name, Path: "/authrun-plugin-" + name, File: f}, Options{RunDir: os.Getenv("RUN_DIR")})
	if err != nil {
		panic(err)
	}
	fmt.Println(p.runner.started().pid())
	forever()
}

// beStranger is the main of a process of the same user that connects to the socket at path and says whether it got an answer.
func beStranger(path string) {
	conn, err := net.Dial("unix", path)
	if err != nil {
		fmt.Println("no connection:", err)
		os.Exit(0)
	}
	// The preface and the empty settings of HTTP/2: a server that talks answers with its own settings.
	_, _ = conn.Write([]byte("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00"))
	_ = conn.SetReadDeadline(time.Now().Add(5 * time.Second))
	n, err := io.ReadFull(conn, make([]byte, 9))
	fmt.Println("bytes:", n, "error:", err)
	os.Exit(0)
}

func TestNoPluginOutlivesAKilledHost(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("hosts here cannot start a plugin without a path")
	}
	for name, why := range map[string]string{
		"good":     "both its own watch and the kernel",
		"stubborn": "the kernel alone, since it watches nothing",
	} {
		t.Run(name, func(t *testing.T) {
			dir := shortDir(t)
			host := exec.Command("/proc/self/exe")
			host.Env = append(os.Environ(), envHost+"="+name, "RUN_DIR="+dir)
			host.Stderr = os.Stderr
			out, err := host.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := host.Start(); err != nil {
				t.Fatal(err)
			}
			line, err := bufio.NewReader(out).ReadString('\n')
			if err != nil {
				t.Fatalf("the host said %q: %v", line, err)
			}
			pid := strings.TrimSpace(line)
			if !lives(pid) {
				t.Fatalf("the plugin %s is not there", pid)
			}
			if err := host.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			_ = host.Wait()
			if !dies(pid) {
				t.Fatalf("the plugin %s lives on, although %s should have ended it", pid, why)
			}
		})
	}
}

// dies waits until the process of that number is gone, and tells whether it is.
func dies(pid string) bool {
	for end := time.Now().Add(5 * time.Second); lives(pid); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			return false
		}
	}
	return true
}

// lives tells whether the process of that number is there and no zombie.
func lives(pid string) bool {
	stat, err := os.ReadFile("/proc/" + pid + "/stat")
	if err != nil {
		return false
	}
	_, rest, _ := strings.Cut(string(stat), ") ")
	return !strings.HasPrefix(rest, "Z") && !strings.HasPrefix(rest, "X")
}

// shortDir is a folder of the test whose name is short enough for a socket.
func shortDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "authrun")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

func TestStrangerIsRefused(t *testing.T) {
	p := startGood(t, "good", testOptions(t))
	sockets, err := filepath.Glob(filepath.Join(p.dir, "plugin*"))
	var socket string
	for _, s := range sockets {
		if info, err := os.Stat(s); err == nil && info.Mode()&os.ModeSocket != 0 {
			socket = s
		}
	}
	if socket == "" {
		t.Fatalf("no socket among %v (%v)", sockets, err)
	}
	stranger := exec.Command(os.Args[0])
	stranger.Env = append(os.Environ(), envStranger+"="+socket)
	out, err := stranger.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if got := string(out); strings.Contains(got, "bytes: 9") || !strings.Contains(got, "error: ") || strings.Contains(got, "timeout") {
		t.Errorf("a stranger of the same user got an answer: %s", got)
	}
	if _, err := p.Run(context.Background(), acquireRun(t, order{Do: "clock"})); err != nil {
		t.Errorf("the plugin does not work any more: %v", err)
	}
}

func TestCloseKillsWhoDoesNotStop(t *testing.T) {
	o := testOptions(t)
	p, err := Start(context.Background(), testBinary(t, "stubborn"), o)
	if err != nil {
		t.Fatal(err)
	}
	p.grace = 50 * time.Millisecond
	pid := strconv.Itoa(p.runner.started().pid())
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	if lives(pid) {
		t.Error("the plugin lives on")
	}
}
