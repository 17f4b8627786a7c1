// Command bench measures authrun as a user runs it: whole processes, against the least that any program needs for the same work, in turn in
// one run, so that the ratios hold on a machine whose speed drifts. It prints medians; it judges nothing.
//
// It serves the vendors itself on loopback, writes only into a temporary folder, and needs the binaries of `make build`.
package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

func main() {
	bin := flag.String("bin", "bin", "folder of the built binaries")
	runs := flag.Int("n", 15, "counted runs of each small measurement; large ones run a third of it")
	flag.Parse()
	if err := run(*bin, *runs); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(bin string, runs int) error {
	b, err := newBench(bin, runs)
	if err != nil {
		return err
	}
	defer os.RemoveAll(b.dir)
	for _, measure := range []func() error{b.start, b.cold, b.store, b.embed, b.scale} {
		if err := measure(); err != nil {
			return err
		}
	}
	return b.table.Flush()
}

// bench is one run of all measurements.
type bench struct {
	dir     string // temporary
	authrun string
	line    string // prints a line
	bare    string // sends POSTs
	runs    int
	table   *tabwriter.Writer
}

func newBench(bin string, runs int) (*bench, error) {
	abs, err := filepath.Abs(filepath.Join(bin, "authrun"))
	if err != nil {
		return nil, err
	}
	if err := settle(filepath.Dir(abs)); err != nil {
		return nil, fmt.Errorf("%w; run `make build` first", err)
	}
	dir, err := os.MkdirTemp("", "authrun-bench-")
	if err != nil {
		return nil, err
	}
	b := &bench{dir: dir, authrun: abs, line: filepath.Join(dir, "line"), bare: filepath.Join(dir, "bare"), runs: runs,
		table: tabwriter.NewWriter(os.Stdout, 0, 8, 2, ' ', 0)}
	for _, name := range []string{"line", "bare"} {
		build := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", dir, "./runtime/internal/bench/"+name)
		build.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := build.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("building %s: %w\n%s", name, err, out)
		}
	}
	return b, nil
}

// settle waits until the binaries are older than what authrun takes for just being written: it hashes such a plugin at each start.
func settle(dir string) error {
	const young = 3 * time.Second
	files, err := filepath.Glob(filepath.Join(dir, "authrun*"))
	if err == nil && len(files) < 2 {
		err = fmt.Errorf("there is no authrun with its plugins in %s", dir)
	}
	if err != nil {
		return err
	}
	for _, file := range files {
		info, err := os.Stat(file)
		if err != nil {
			return err
		}
		time.Sleep(young - time.Since(info.ModTime()))
	}
	return nil
}

// command is a process to measure. before makes each run like the first; nil: nothing is to be done.
type command struct {
	name   string
	args   []string
	before func() error
}

// sample is what one run took.
type sample struct {
	wall   time.Duration
	memory int64 // peak resident set in bytes, of the largest process among it and its children that were waited for; 0: not known
}

// home is a fresh home folder for authrun, so that a run finds nothing of another.
func (b *bench) home(name string) string { return filepath.Join(b.dir, "home-"+name) }

func (b *bench) once(home string, c command) (sample, error) {
	if c.before != nil {
		if err := c.before(); err != nil {
			return sample{}, err
		}
	}
	cmd := exec.Command(c.args[0], c.args[1:]...)
	cmd.Env = []string{"HOME=" + home, "PATH=" + os.Getenv("PATH"), "XDG_RUNTIME_DIR=" + b.dir}
	var stderr strings.Builder
	cmd.Stderr = &stderr
	began := time.Now()
	err := cmd.Run()
	s := sample{wall: time.Since(began)}
	if err != nil {
		return s, fmt.Errorf("%s: %w\n%s", strings.Join(c.args, " "), err, stderr.String())
	}
	s.memory = peak(cmd.ProcessState)
	return s, nil
}

// compare runs the commands in turn, A B C A B C, once uncounted and then n times, and prints the median of each and its ratio to the
// first.
func (b *bench) compare(title, home string, n int, commands ...command) error {
	samples := make([][]sample, len(commands))
	for turn := range n + 1 {
		for i, c := range commands {
			s, err := b.once(home, c)
			if err != nil {
				return err
			}
			if turn > 0 {
				samples[i] = append(samples[i], s)
			}
		}
	}
	fmt.Fprintf(b.table, "\n%s\tmedian\tratio\tmemory\n", title)
	first := median(samples[0])
	for i, c := range commands {
		m := median(samples[i])
		fmt.Fprintf(b.table, "  %s\t%s\t%.2f\t%s\n", c.name, round(m.wall), float64(m.wall)/float64(first.wall), mebibytes(m.memory))
	}
	return b.table.Flush()
}

func median(samples []sample) sample {
	walls, memories := make([]time.Duration, len(samples)), make([]int64, len(samples))
	for i, s := range samples {
		walls[i], memories[i] = s.wall, s.memory
	}
	slices.Sort(walls)
	slices.Sort(memories)
	return sample{walls[len(walls)/2], memories[len(memories)/2]}
}

func round(d time.Duration) time.Duration {
	if d > time.Second {
		return d.Round(10 * time.Millisecond)
	}
	return d.Round(10 * time.Microsecond)
}

func mebibytes(n int64) string {
	if n == 0 {
		return "-"
	}
	return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20))
}
