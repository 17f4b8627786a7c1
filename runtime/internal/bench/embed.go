package main

import (
	"fmt"
	"os/exec"
)

// embed measures what a program pays that has authrun inside. The runtime's own benchmarks do it.
func (b *bench) embed() error {
	cmd := exec.Command("go", "test", "-run", "^$", "-bench", "^BenchmarkEmbed$", "-benchtime", "1s", "./runtime")
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("the runtime's benchmarks: %w\n%s", err, out)
	}
	took, err := reported(string(out), "token", "request", "open")
	if err != nil {
		return err
	}
	fmt.Fprintf(b.table, "\ninside another program\tmean\t\t\n")
	fmt.Fprintf(b.table, "  TokenSource.Token of a living token, 8 goroutines (to reach: 200ns)\t%s\t\t\n", took["token"])
	fmt.Fprintf(b.table, "  a request's own cost by the RoundTripper (to reach: 2µs)\t%s\t\t\n", took["request"])
	fmt.Fprintf(b.table, "  a runtime, five vendors, the first token of each from the store (to reach: 5ms)\t%s\t\t\n", round(took["open"]))
	return b.table.Flush()
}
