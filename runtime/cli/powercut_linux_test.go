package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/authrun/authrun/runtime/internal/powercut"
	"github.com/authrun/authrun/runtime/store"
	"github.com/authrun/authrun/runtime/store/sqlite"
)

// TestPowerCut cuts the power of a first apply, twice. Before the call leaves, the disk has its row in the ledger, so that it counts for good.
// Before the result is told, the disk has the credential and the key that opens it, so that nobody calls again.
func TestPowerCut(t *testing.T) {
	c := newCrowd(t, func(int) {})
	dir := t.TempDir()
	cut := func(m *powercut.Moment) (string, error) {
		left := t.TempDir()
		return left, m.Lost(left)
	}
	sent, told := 0, 0
	code, err := c.traced(t, c.stored(dir), dir, func(m *powercut.Moment) error {
		switch {
		case bytes.HasPrefix(m.Data, []byte("POST /buy ")):
			sent++
			left, err := cut(m)
			if err != nil {
				return err
			}
			return counted(t, left)
		case bytes.Contains(m.Data, []byte(`"type":"auth_done"`)):
			told++
			left, err := cut(m)
			if err != nil {
				return err
			}
			if out, err := c.stored(left).CombinedOutput(); err != nil || !bytes.Contains(out, []byte(`"action":"reuse"`)) {
				return fmt.Errorf("after the cut apply says %w: %s", err, out)
			}
		}
		return nil
	})
	if err != nil || code != 0 {
		t.Errorf("it ended with %d, %v", code, err)
	}
	if calls := c.count(); calls != 1 || sent != 1 || told != 1 {
		t.Errorf("%d calls were made; it was cut %d times before a call and %d times before the result was told", calls, sent, told)
	}
}

// stored is apply with the store and its key in dir.
func (c *crowd) stored(dir string) *exec.Cmd {
	cmd := c.apply("--store", filepath.Join(dir, "authrun.db"))
	cmd.Env = append(cmd.Env, "AUTHRUN_KEY_FILE="+filepath.Join(dir, "key"))
	return cmd
}

// counted tells whether the ledger of a store has its one call, of which nothing is known yet.
func counted(t *testing.T, dir string) error {
	s, _, err := sqlite.Open(t.Context(), filepath.Join(dir, "authrun.db"), sqlite.Options{MustExist: true})
	if err != nil {
		return err
	}
	rows, err := s.Exchanges(t.Context(), store.Query{Vendor: "shop"})
	if err := errors.Join(err, s.Close()); err != nil {
		return err
	}
	if len(rows) != 1 || rows[0].Outcome != "" || rows[0].Operation != "acquire" {
		return fmt.Errorf("before the call leaves the disk has the ledger %+v", rows)
	}
	return nil
}

// traced runs a command under the eyes of powercut, and skips the test where that is not possible.
func (c *crowd) traced(t *testing.T, cmd *exec.Cmd, dir string, sending func(*powercut.Moment) error) (int, error) {
	t.Helper()
	nothing, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer nothing.Close()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	read := make(chan struct{})
	go func() {
		defer close(read)
		_, _ = io.Copy(&out, r)
	}()
	code, err := powercut.Run(powercut.Program{Path: cmd.Path, Args: cmd.Args, Env: cmd.Env, Files: [3]*os.File{nothing, w, w},
		Longest: 5 * time.Minute}, dir, sending)
	_ = w.Close()
	<-read
	if errors.Is(err, powercut.ErrForbidden) {
		t.Skip(err)
	}
	if err != nil || code != 0 {
		t.Logf("it said: %s", &out)
	}
	return code, err
}
