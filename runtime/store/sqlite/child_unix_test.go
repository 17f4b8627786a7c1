//go:build unix

package sqlite_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/authrun/authrun/runtime/store"
	"github.com/authrun/authrun/runtime/store/sqlite"
)

// childRole names what the test binary does when it is started again by a test: one of roles.
const childRole = "AUTHRUN_TEST_STORE_ROLE"

func TestMain(m *testing.M) {
	role := os.Getenv(childRole)
	if role == "" {
		os.Exit(m.Run())
	}
	roles := map[string]func(path string) error{"write": childWrite, "linger": childLinger, "make": childMake, "look": childLook,
		"news": childNews, "fill": childFill, "lock": childLock, "tell": childTell}
	do, ok := roles[role]
	if !ok {
		fmt.Println("unknown role", role)
		os.Exit(1)
	}
	if err := do(os.Args[1]); err != nil {
		fmt.Println("error:", err)
		os.Exit(1)
	}
}

// child is the test binary as another process on the same store.
type child struct {
	*exec.Cmd
	out   *bufio.Scanner
	stdin io.WriteCloser
}

// start starts a child; it is killed with the test.
func start(t *testing.T, role, path string, change ...func(*exec.Cmd)) *child {
	t.Helper()
	executable, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := &child{Cmd: exec.CommandContext(t.Context(), executable, path)}
	c.Env = append(os.Environ(), childRole+"="+role, "GORACE=atexit_sleep_ms=0")
	c.Stderr = os.Stderr
	for _, f := range change {
		f(c.Cmd)
	}
	out, err := c.StdoutPipe()
	in, err2 := c.StdinPipe()
	if err := errors.Join(err, err2, c.Start()); err != nil {
		t.Fatal(err)
	}
	c.out, c.stdin = bufio.NewScanner(out), in
	return c
}

// line is the child's next line.
func (c *child) line(t *testing.T) string {
	t.Helper()
	if !c.out.Scan() {
		t.Fatalf("the child ended early: %v", c.out.Err())
	}
	return c.out.Text()
}

// rest are the child's lines to its end, which must be a good one.
func (c *child) rest(t *testing.T) (lines []string) {
	t.Helper()
	for c.out.Scan() {
		lines = append(lines, c.out.Text())
	}
	if err := c.Wait(); err != nil {
		t.Fatalf("child: %v\n%s", err, strings.Join(lines, "\n"))
	}
	return lines
}

// childWrite makes exchanges with their outcomes, and prints the ID of each as soon as it is recorded, to the end of the standard input.
func childWrite(path string) error {
	s, _, err := sqlite.Open(context.Background(), path, sqlite.Options{})
	if err != nil {
		return err
	}
	ended := make(chan struct{})
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		close(ended)
	}()
	for {
		select {
		case <-ended:
			return s.Close()
		default:
		}
		id, err := s.Begin(context.Background(), store.Exchange{At: time.Now(), Process: strconv.Itoa(os.Getpid())}, nil)
		if err != nil {
			return err
		}
		fmt.Println(id)
		err = s.Commit(context.Background(), store.Change{Outcomes: []store.Outcome{{ID: id, Outcome: "ok"}}})
		if err != nil {
			return err
		}
	}
}

// childLinger records an exchange, prints its ID and waits to be killed.
func childLinger(path string) error {
	s, _, err := sqlite.Open(context.Background(), path, sqlite.Options{})
	if err != nil {
		return err
	}
	id, err := s.Begin(context.Background(), store.Exchange{At: time.Now()}, nil)
	if err != nil {
		return err
	}
	fmt.Println(id)
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}

// childTell makes the store and uses it, and tells what it was promised to be durable as soon as it was: each in one write.
func childTell(path string) error {
	ctx := context.Background()
	s, _, err := sqlite.Open(ctx, path, sqlite.Options{})
	if err != nil {
		return err
	}
	fmt.Print("made\n")
	for round := range 6 {
		var all sync.WaitGroup
		for n := range 3 {
			all.Go(func() {
				key := store.Key{Vendor: "sipauth", Account: fmt.Sprint(n), Fingerprint: fmt.Sprint(round)}
				id, err := s.Begin(ctx, store.Exchange{At: time.Now(), Key: key, Scopes: map[string]string{"monthly": "x"}}, nil)
				if err != nil {
					fmt.Print("error ", err, "\n")
					return
				}
				fmt.Print("begun ", id, "\n")
				// Large ones, so that meanwhile the WAL is moved into the database and begun anew.
				err = s.Commit(ctx, store.Change{Outcomes: []store.Outcome{{ID: id, Outcome: "ok"}},
					Put: &store.Record{Key: key, Generation: uint64(id), Sealed: make([]byte, 300_000)}})
				if err != nil {
					fmt.Print("error ", err, "\n")
					return
				}
				fmt.Print("committed ", id, "\n")
			})
		}
		all.Wait()
	}
	err = s.Close()
	fmt.Print("closed\n")
	return err
}

// childLock takes a lock, says so and waits to be killed.
func childLock(path string) error {
	s, _, err := sqlite.Open(context.Background(), path, sqlite.Options{})
	if err != nil {
		return err
	}
	if _, err := s.Lock(context.Background(), "lingju/a"); err != nil {
		return err
	}
	fmt.Println("locked")
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}

// childMake opens the store under a umask that takes every right away, writes, and prints whether it made the store.
func childMake(path string) error {
	unix.Umask(0o777)
	s, created, err := sqlite.Open(context.Background(), path, sqlite.Options{})
	if err != nil {
		return err
	}
	if _, err = s.Begin(context.Background(), store.Exchange{At: time.Now()}, nil); err != nil {
		return err
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return err
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			return err
		}
		fmt.Println(e.Name(), info.Mode())
	}
	fmt.Println("created", created)
	return s.Close()
}

// childLook prints what can be read of the store, and the errors of what is to be written.
func childLook(path string) error {
	s, _, err := sqlite.Open(context.Background(), path, sqlite.Options{})
	if err != nil {
		return err
	}
	for range 2 { // The second time is no worse.
		rows, err := s.Exchanges(context.Background(), store.Query{})
		if err != nil {
			return err
		}
		fmt.Println("rows", len(rows))
	}
	_, err = s.Begin(context.Background(), store.Exchange{At: time.Now()}, nil)
	fmt.Println("begin", errors.Is(err, store.ErrReadOnly), err)
	err = s.Commit(context.Background(), store.Change{Unlatch: []store.LatchRef{{}}})
	fmt.Println("commit", errors.Is(err, store.ErrReadOnly), err)
	_, err = s.SetValue(context.Background(), "name", nil)
	fmt.Println("set", errors.Is(err, store.ErrReadOnly), err)
	if err := s.Close(); err != nil {
		return err
	}
	rows, err := backedUp(path)
	fmt.Println("backup of", rows, err)
	return err
}

// backedUp backs a store up, and tells how many exchanges the copy has.
func backedUp(path string) (rows int, err error) {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	to := filepath.Join(dir, "backup.db")
	if err := sqlite.Backup(context.Background(), path, to); err != nil {
		return 0, err
	}
	s, _, err := sqlite.Open(context.Background(), to, sqlite.Options{MustExist: true})
	if err != nil {
		return 0, err
	}
	found, err := s.Exchanges(context.Background(), store.Query{})
	return len(found), errors.Join(err, s.Close())
}

// childNews opens the store while its file cannot be written, writes to it as soon as it can be, and prints what the first one sees.
func childNews(path string) error {
	if err := os.Chmod(path, 0o400); err != nil {
		return err
	}
	reader, _, err := sqlite.Open(context.Background(), path, sqlite.Options{})
	if err != nil {
		return err
	}
	fmt.Println("read-only", errors.Is(reader.ReadOnly(), store.ErrReadOnly))
	if err := os.Chmod(path, 0o600); err != nil {
		return err
	}
	writer, _, err := sqlite.Open(context.Background(), path, sqlite.Options{})
	if err != nil {
		return err
	}
	if _, err := writer.Begin(context.Background(), store.Exchange{At: time.Now()}, nil); err != nil {
		return err
	}
	rows, err := reader.Exchanges(context.Background(), store.Query{})
	fmt.Println("rows", len(rows))
	return errors.Join(err, reader.Close(), writer.Close())
}

// childFill writes until there is no room, prints the error, makes room, and prints the error of one more.
func childFill(path string) error {
	s, _, err := sqlite.Open(context.Background(), path, sqlite.Options{})
	if err != nil {
		return err
	}
	signal.Ignore(syscall.SIGXFSZ)
	begin := func() error {
		_, err := s.Begin(context.Background(), store.Exchange{At: time.Now(), Address: strings.Repeat("x", 2000)}, nil)
		return err
	}
	var was unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_FSIZE, &was); err != nil {
		return err
	}
	if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: 200_000, Max: was.Max}); err != nil {
		return err
	}
	for n := 0; err == nil; n++ {
		if n > 1000 {
			return errors.New("there is no end")
		}
		err = begin()
	}
	fmt.Println("full", errors.Is(err, store.ErrFull), err)
	rows, err := s.Exchanges(context.Background(), store.Query{})
	fmt.Println("rows", len(rows) > 10, err)
	if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &was); err != nil {
		return err
	}
	fmt.Println("again", begin())
	return s.Close()
}
