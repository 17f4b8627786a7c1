// Command bare sends one POST to each URL of its arguments, all at once, and reads the answers: the least that any program needs for as many
// vendor calls. It is what the benchmark compares authrun with.
package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
)

func main() {
	var wg sync.WaitGroup
	for _, url := range os.Args[1:] {
		wg.Go(func() {
			resp, err := http.Post(url, "application/json", strings.NewReader(`{"appKey":"k","appSecurity":"s"}`))
			if err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(1)
			}
			defer resp.Body.Close()
			if _, err := io.Copy(io.Discard, resp.Body); err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(1)
			}
		})
	}
	wg.Wait()
}
