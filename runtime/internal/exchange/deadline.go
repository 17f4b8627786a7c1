package exchange

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"time"
)

// Errors by which the text of a failure is chosen.
var (
	errTime     = errors.New("the exchange's time is over")
	errTooLarge = errors.New("the answer is too large")
	errSwitched = errors.New("the answer changes the protocol")
)

// deadline bounds an exchange in time and in size, and says why there is no answer.
type deadline struct {
	timeout time.Duration
	next    http.RoundTripper
}

// RoundTrip gives an answer whose body is in memory.
func (d *deadline) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithTimeoutCause(req.Context(), d.timeout, errTime)
	defer cancel()
	resp, err := d.next.RoundTrip(req.WithContext(asExchange(ctx)))
	if err == nil && resp.StatusCode == http.StatusProxyAuthRequired {
		// Only a proxy answers so, and it passes nothing on.
		_ = resp.Body.Close()
		return nil, unanswered(req.URL, d.timeout, &lost{err: &proxyError{status: resp.StatusCode}})
	}
	if err == nil {
		if err = readAnswer(resp); err == nil {
			resp.Request = req
			return resp, nil
		}
		err = &lost{err: err, sent: true, answered: true}
	}
	if parent := req.Context().Err(); parent != nil {
		return nil, canceled(parent, sentOf(err))
	}
	if ctx.Err() != nil {
		err = &lost{err: errTime, sent: sentOf(err)}
	}
	return nil, unanswered(req.URL, d.timeout, err)
}

// readAnswer reads the whole body into memory. The transport has undone the compression, so that the limit is one of what comes out.
func readAnswer(resp *http.Response) error {
	defer resp.Body.Close() // of the transport's, which is replaced below
	if resp.StatusCode == http.StatusSwitchingProtocols {
		return errSwitched
	}
	var b bytes.Buffer
	if n := resp.ContentLength; n > 0 && n <= maxBody {
		b.Grow(int(n) + bytes.MinRead)
	}
	n, err := b.ReadFrom(io.LimitReader(resp.Body, maxBody+1))
	if n > maxBody {
		return errTooLarge
	}
	if err != nil {
		return err
	}
	resp.Body = io.NopCloser(&b)
	resp.ContentLength = n
	return nil
}
