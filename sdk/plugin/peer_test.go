package plugin

import (
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/authrun/authrun/sdk/internal/wire"
)

func TestOnlyHost(t *testing.T) {
	if !wire.KnowsPeers {
		t.Skip("the kernel does not tell who connects")
	}
	dir, err := os.MkdirTemp("", "authrun")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	listener, err := net.Listen("unix", filepath.Join(dir, "s"))
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	client, err := net.Dial("unix", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	accepted, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	// This process connects to itself and so is a stranger: the host of a plugin is its parent.
	if _, _, err := (onlyHost{}).ServerHandshake(accepted); err == nil || !strings.Contains(err.Error(), "is at the other end") {
		t.Errorf("got %v", err)
	}
	if _, err := client.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("the connection was not closed: %v", err)
	}
}

func TestWatch(t *testing.T) {
	r, w := io.Pipe()
	ended := make(chan bool)
	go watch(r, func() { close(ended) })
	if _, err := w.Write([]byte("what the host writes is not its end")); err != nil {
		t.Fatal(err)
	}
	select {
	case <-ended:
		t.Fatal("ended while the host lives")
	default:
	}
	w.Close()
	<-ended
}
