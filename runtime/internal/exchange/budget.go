package exchange

import (
	"fmt"
	"net/http"
	"sync/atomic"
)

// budget lets through as many requests as the plugin declared for the operation. It is what makes plan's price an upper bound.
type budget struct {
	most int
	used atomic.Int64
	next http.RoundTripper
}

// RoundTrip refuses the request that is one too many.
func (b *budget) RoundTrip(req *http.Request) (*http.Response, error) {
	if b.used.Add(1) > int64(b.most) {
		return nil, refused(fmt.Sprintf("the plugin asked for more exchanges than the %d that it declares for this operation. This is a bug in the plugin", b.most))
	}
	return b.next.RoundTrip(req)
}
