package cli

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// crowdFlow is a flow of one credential.
const crowdFlow = `
variable "shop" {
  type = string
}
auth "shop" "ann" {
  url      = var.shop
  user     = "ann"
  password = "opensesame"
}
`

// crowd is a home that many processes share, and the vendor that they call.
type crowd struct {
	home, flow string
	vendor     *httptest.Server

	mu    sync.Mutex
	calls int
}

// newCrowd opens a vendor that tells of each call, and answers when it may.
func newCrowd(t *testing.T, asked func(call int)) *crowd {
	c := &crowd{home: t.TempDir()}
	c.flow = filepath.Join(c.home, "flow.hcl")
	if err := os.WriteFile(c.flow, []byte(crowdFlow), 0o600); err != nil {
		t.Fatal(err)
	}
	c.vendor = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		c.mu.Lock()
		c.calls++
		n := c.calls
		c.mu.Unlock()
		asked(n)
		_, _ = w.Write([]byte(`{"ticket": "a-ticket-for-all", "seat": 12, "minutes": 90}`))
	}))
	t.Cleanup(c.vendor.Close)
	return c
}

// apply is a process of authrun's own that applies the flow.
func (c *crowd) apply(more ...string) *exec.Cmd {
	cmd := exec.Command("authrun", append([]string{"apply", c.flow, "--json"}, more...)...)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + c.home, "XDG_RUNTIME_DIR=" + c.home, "AUTHRUN_VAR_shop=" + c.vendor.URL,
		"GORACE=atexit_sleep_ms=0"}
	return cmd
}

func (c *crowd) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.calls
}

// TestCrowd starts fifty processes at once that want one credential: there is one call, and all have it.
func TestCrowd(t *testing.T) {
	if testing.Short() {
		t.Skip("it starts fifty processes")
	}
	c := newCrowd(t, func(int) {})
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			out, err := c.apply().CombinedOutput()
			if err != nil || !bytes.Contains(out, []byte(`"type":"auth_done"`)) {
				t.Errorf("%v: %s", err, out)
			}
		})
	}
	wg.Wait()
	if n := c.count(); n != 1 {
		t.Errorf("%d calls were made; want 1", n)
	}
}
