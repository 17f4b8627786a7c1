package wire

import (
	"bytes"
	"crypto/rand"
	"crypto/tls"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

// handshake runs TLS between two ends and gives their errors.
func handshake(t *testing.T, client, server KeyPair) (clientErr, serverErr error) {
	t.Helper()
	c, s := net.Pipe()
	defer c.Close()
	defer s.Close()
	deadline := time.Now().Add(10 * time.Second)
	_ = c.SetDeadline(deadline)
	_ = s.SetDeadline(deadline)
	configOf := func(k KeyPair) *tls.Config {
		config, err := k.Config()
		if err != nil {
			t.Fatal(err)
		}
		return config
	}
	ended := make(chan error, 1)
	go func() {
		end := tls.Server(s, configOf(server))
		_, err := end.Write([]byte("x"))
		ended <- err
	}()
	end := tls.Client(c, configOf(client))
	_, clientErr = io.ReadFull(end, make([]byte, 1))
	c.Close()
	return clientErr, <-ended
}

func TestKeyPair(t *testing.T) {
	ours, err := NewKeyPair(rand.Reader, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := NewKeyPair(rand.Reader, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	var line bytes.Buffer
	if _, err := ours.WriteTo(&line); err != nil {
		t.Fatal(err)
	}
	line.WriteString("what follows")
	read, err := ReadKeyPair(&line)
	if err != nil || line.String() != "what follows" {
		t.Fatalf("read %v, left %q", err, line.String())
	}
	if c, s := handshake(t, ours, read); c != nil || s != nil {
		t.Errorf("the two ends of one pair do not talk: %v, %v", c, s)
	}
	if c, s := handshake(t, theirs, ours); c == nil || s == nil {
		t.Errorf("ends of different pairs talk: %v, %v", c, s)
	}
}

func TestReadKeyPairRefuses(t *testing.T) {
	for in, want := range map[string]string{
		"":                         "EOF",
		"{}":                       "EOF",
		"secret\n":                 "it is not JSON",
		strings.Repeat("x", 1<<14): "the line has no end",
	} {
		if _, err := ReadKeyPair(strings.NewReader(in)); err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%.10q: got %v, want %s", in, err, want)
		}
	}
	if _, err := (KeyPair{}).Config(); err == nil {
		t.Error("an empty pair has a configuration")
	}
}
