package runtime_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/authrun/authrun/sdk"
)

// clerkConfig is what a block of the vendor clerk says.
type clerkConfig struct {
	URL    string     `auth:"url,endpoint,account"`
	User   string     `auth:"user,account"`
	Key    sdk.Secret `auth:"key"`
	Parent sdk.Secret `auth:"parent,optional"`
	Life   string     `auth:"life,optional,volatile" default:"1h"`
}

type clerkPass struct {
	Token sdk.Secret `auth:"token"`
}

// clerk is a vendor inside the test: its tokens live as long as the flow says, and beside each other.
func clerk(limits ...sdk.Limit) sdk.Vendor[clerkConfig, clerkPass] {
	call := func(ctx context.Context, h *sdk.Host, c clerkConfig, _ clerkPass) (none sdk.Credential[clerkPass], err error) {
		a, err := h.Post(ctx, c.URL+"/"+c.User, sdk.JSON(map[string]string{"key": c.Key.Reveal()}))
		if err != nil {
			return none, err
		}
		life, err := sdk.ParseDuration(c.Life)
		return sdk.Credential[clerkPass]{Value: clerkPass{Token: sdk.Secret(a.Body())}, Life: life, Renewable: true}, err
	}
	return sdk.Vendor[clerkConfig, clerkPass]{
		Name: "clerk", Version: "1.0.0", Limits: limits, Token: sdk.Token{Second: sdk.KeepsFirst},
		Acquire: sdk.Op[clerkConfig, clerkPass]{Calls: 1, Life: time.Hour, Do: call}, Renew: sdk.Op[clerkConfig, clerkPass]{Calls: 1, Do: call},
	}
}

// office answers the vendor clerk without a network, and counts by user.
type office struct {
	mu    sync.Mutex
	asked map[string]int
	down  func() bool // nil: never
}

// RoundTrip gives a token that nobody had before.
func (o *office) RoundTrip(r *http.Request) (*http.Response, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.asked == nil {
		o.asked = map[string]int{}
	}
	user := r.URL.Path[1:]
	o.asked[user]++
	if o.down != nil && o.down() {
		return answering(r, http.StatusServiceUnavailable, ""), nil
	}
	return answering(r, http.StatusOK, fmt.Sprintf("pass-of-%s-%d", user, o.asked[user])), nil
}

// calls is how often anybody asked.
func (o *office) calls() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	n := 0
	for _, asked := range o.asked {
		n += asked
	}
	return n
}

func answering(r *http.Request, status int, body string) *http.Response {
	return &http.Response{StatusCode: status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{}, Request: r,
		Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body))}
}
