package client

import (
	"bytes"
	"io"
	"strconv"
	"strings"
	"sync"

	"github.com/authrun/authrun/sdk/internal/wire"
)

// longestOpening is how much of a plugin's first line is kept, in bytes. A handshake is far shorter.
const longestOpening = 1 << 10

// opening is the first line that a plugin prints, kept while go-plugin reads it: go-plugin's own errors do not say what was wrong with it
// in words that a person can use.
type opening struct {
	io.ReadCloser // the plugin's standard output

	mu   sync.Mutex
	line []byte
	full bool
}

// Read reads for go-plugin and keeps the first line.
func (o *opening) Read(p []byte) (int, error) {
	n, err := o.ReadCloser.Read(p)
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.full {
		line, _, whole := bytes.Cut(p[:n], []byte("\n"))
		o.line = append(o.line, line[:min(len(line), longestOpening-len(o.line))]...)
		o.full = whole || len(o.line) == longestOpening
	}
	return n, err
}

// String is the line as far as it came, "" where nothing was printed.
func (o *opening) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return strings.TrimSpace(string(o.line))
}

// problem is what is wrong with the line as a handshake, or "" where nothing is, or where there is no line. A handshake is
// "1|1|unix|/path|grpc" and perhaps more: go-plugin's version, ours, the address, the protocol below.
func (o *opening) problem(quote func(string) string) string {
	line := o.String()
	if line == "" {
		return ""
	}
	fields := strings.Split(line, "|")
	if len(fields) < 5 || fields[0] != "1" {
		return "printed " + quote(line) + " before the handshake: a plugin must print nothing"
	}
	version, err := strconv.Atoi(fields[1])
	if err != nil {
		return "printed " + quote(line) + " instead of a handshake"
	}
	if problem := wire.VersionProblem(version); problem != "" {
		return problem
	}
	if fields[4] != "grpc" {
		return "speaks " + quote(fields[4]) + " and not gRPC"
	}
	return ""
}
