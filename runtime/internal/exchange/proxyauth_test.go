package exchange

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/authrun/authrun/sdk"
)

// TestProxyWantsPassword shows that a proxy's 407 is no answer of the vendor: it is unavailable, and nothing reached it.
func TestProxyWantsPassword(t *testing.T) {
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "who are you?", http.StatusProxyAuthRequired)
	}))
	defer proxy.Close()
	transport, err := NewTransport(Network{Proxy: proxy.URL}, nil)
	if err != nil {
		t.Fatal(err)
	}
	chain, _ := chainTo(t, "http://vendor.invalid", func(o *Options) { o.Transport = transport })
	req, err := http.NewRequest(http.MethodGet, "http://vendor.invalid/login", nil)
	if err != nil {
		t.Fatal(err)
	}
	_, err = chain.RoundTrip(req)
	f := failureOf(err)
	if f.Class != sdk.Unavailable || f.Sent || !strings.Contains(f.Text, "407") {
		t.Errorf("it is %+v", f)
	}
}
