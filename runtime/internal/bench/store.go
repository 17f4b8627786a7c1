package main

import (
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// store measures what a vendor call costs in durable writes, against the smallest that SQLite makes, and how fast a lock goes from one process to
// the next. The store's own benchmarks do it, since no other program may open it.
func (b *bench) store() error {
	cmd := exec.Command("go", "test", "-run", "^$", "-bench", "^Benchmark(Gate|Lock)$", "-benchtime", "2s", "./runtime/store/sqlite")
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("the store's benchmarks: %w\n%s", err, out)
	}
	took, err := reported(string(out), "bare", "begin", "commit", "handover")
	if err != nil {
		return err
	}
	bare := took["bare"]
	fmt.Fprintf(b.table, "\nthe store, against the smallest durable write of SQLite (WAL, synchronous=FULL)\tmedian\tratio\t\n")
	for _, line := range []struct {
		name string
		took time.Duration
	}{
		{"bare SQLite, one commit", bare},
		{"the row before a call, judged", took["begin"]},
		{"the outcome and the credential after it", took["commit"]},
		{"both (to reach: 3)", took["begin"] + took["commit"]},
		{"a lock that 50 wait for: idle from one to the next", took["handover"]},
	} {
		fmt.Fprintf(b.table, "  %s\t%s\t%.2f\t\n", line.name, round(line.took), float64(line.took)/float64(bare))
	}
	return b.table.Flush()
}

// reported reads what benchmarks reported, by these names: values in nanoseconds, each before its unit NAME-ns.
func reported(out string, names ...string) (map[string]time.Duration, error) {
	took := map[string]time.Duration{}
	words := strings.Fields(out)
	for i, word := range words[1:] {
		name, ok := strings.CutSuffix(word, "-ns")
		if !ok {
			continue
		}
		n, err := strconv.ParseFloat(words[i], 64)
		if err != nil {
			return nil, fmt.Errorf("%s %s: %w", words[i], word, err)
		}
		took[name] = time.Duration(n)
	}
	for _, name := range names {
		if took[name] == 0 {
			return nil, fmt.Errorf("the benchmarks reported no %s:\n%s", name, out)
		}
	}
	return took, nil
}
