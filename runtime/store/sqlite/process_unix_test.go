//go:build unix

package sqlite_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"github.com/authrun/authrun/runtime/store"
	"github.com/authrun/authrun/runtime/store/sqlite"
)

// Every ID that a process got is its own, and its row is there.
func TestProcessesWriteAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state", "authrun.db")
	children := []*child{start(t, "write", path), start(t, "write", path), start(t, "write", path)}
	given := map[string]string{} // process by ID
	for _, c := range children {
		for range 50 { // All are under way together: none ends before each has written.
			given[c.line(t)] = strconv.Itoa(c.Process.Pid)
		}
	}
	for _, c := range children {
		if err := c.stdin.Close(); err != nil {
			t.Fatal(err)
		}
		for _, id := range c.rest(t) {
			given[id] = strconv.Itoa(c.Process.Pid)
		}
	}
	rows, err := open(t, path, sqlite.Options{MustExist: true}).Exchanges(t.Context(), store.Query{})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, e := range rows {
		got[fmt.Sprint(e.ID)] = e.Process
		if e.Outcome != "ok" {
			t.Errorf("exchange %d has the outcome %q", e.ID, e.Outcome)
		}
	}
	if diff := cmp.Diff(given, got); diff != "" {
		t.Errorf("-given +stored:\n%s", diff)
	}
}

// What Begin returned survives the process, however it ends.
func TestKilledAfterBegin(t *testing.T) {
	path := filepath.Join(t.TempDir(), "authrun.db")
	for n := range 3 {
		c := start(t, "linger", path)
		id := c.line(t)
		if err := c.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		if err := c.Wait(); err == nil {
			t.Fatal("the child ended well")
		}
		s := open(t, path, sqlite.Options{MustExist: true})
		rows, err := s.Exchanges(t.Context(), store.Query{})
		if err != nil {
			t.Fatal(err)
		}
		if len(rows) != n+1 || fmt.Sprint(rows[n].ID) != id || rows[n].Outcome != "" {
			t.Errorf("after a kill the ledger has %+v, want %s at its end, without an outcome", rows, id)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// A process that is killed while it writes takes nothing with it that it was told is written.
func TestKilledWhileWriting(t *testing.T) {
	path := filepath.Join(t.TempDir(), "authrun.db")
	given := map[string]bool{}
	for n := range 5 {
		c, other := start(t, "write", path), start(t, "write", path)
		for range 10 + 7*n {
			given[c.line(t)] = true
		}
		if err := errors.Join(c.Process.Kill(), other.stdin.Close()); err != nil {
			t.Fatal(err)
		}
		for c.out.Scan() {
			if text := c.out.Text(); strings.TrimSpace(text) != "" {
				given[text] = true
			}
		}
		_ = c.Wait()
		for _, id := range other.rest(t) {
			given[id] = true
		}
	}
	rows, err := open(t, path, sqlite.Options{MustExist: true}).Exchanges(t.Context(), store.Query{})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range rows {
		delete(given, fmt.Sprint(e.ID))
	}
	if len(given) > 0 {
		t.Errorf("exchanges %v are lost", given)
	}
}

// A lock is another process's until that ends, however it ends.
func TestKilledWithALock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "authrun.db")
	s := open(t, path, sqlite.Options{})
	holder := start(t, "lock", path)
	if got := holder.line(t); got != "locked" {
		t.Fatal(got)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := s.Lock(ctx, "lingju/a"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("while another process holds it: %v", err)
	}
	if err := holder.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	lease, err := s.Lock(t.Context(), "lingju/a")
	if err != nil {
		t.Fatal(err)
	}
	lease.Unlock()
	_ = holder.Wait()
}

func TestRights(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	want := []string{"authrun.db -rw-------", "authrun.db-shm -rw-------", "authrun.db-wal -rw-------", "created true"}
	if diff := cmp.Diff(want, start(t, "make", filepath.Join(dir, "authrun.db")).rest(t)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	for _, folder := range []string{dir, filepath.Dir(dir)} {
		var st unix.Stat_t
		if err := unix.Stat(folder, &st); err != nil || st.Mode&0o777 != 0o700 {
			t.Errorf("%s has the rights %o (%v)", folder, st.Mode, err)
		}
	}
}

func TestFull(t *testing.T) {
	lines := start(t, "fill", filepath.Join(t.TempDir(), "authrun.db")).rest(t)
	for i, want := range []string{"full true store ", "rows true <nil>", "again <nil>"} {
		if i >= len(lines) || !strings.HasPrefix(lines[i], want) {
			t.Errorf("want the lines to begin with %q:\n%s", want, strings.Join(lines, "\n"))
		}
	}
}
