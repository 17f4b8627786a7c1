package fake

import (
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
)

// The error codes that this server sends by itself. The vendor's pages name many more, and not what each of them means.
const (
	codeBadRequest = 8   // a parameter is missing, unknown or ill-formed
	codeAppKey     = 11  // no such appkey
	codeAuthCode   = 120 // the authcode is wrong
	codeQuota      = 41  // the device has used up its calls of this month
)

// maxBody is more than any documented request needs.
const maxBody = 64 << 10

// readBody is the body of a request, as far as it came.
func readBody(r *http.Request) []byte {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	if err != nil {
		return nil // a caller that breaks off has no answer to read either
	}
	return body
}

// device is what asks: one terminal of one developer.
type device struct {
	appkey, userid, authcode string
}

// read checks a request for a token. The status is not 200 where it does not even reach the service; code is the error that refuses it, or 0.
// The caller holds s.mu.
func (s *Server) read(r *http.Request, body []byte) (d device, status, code int) {
	if r.URL.Path != pathAuthorize {
		s.violated("the path %s is none of the documented ones", r.URL.Path)
		return d, http.StatusNotFound, 0
	}
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	var problem error
	switch {
	case r.Method != http.MethodGet && r.Method != http.MethodPost:
		s.violated("the method must be GET or POST, not %s", r.Method)
		return d, http.StatusMethodNotAllowed, 0
	case r.Method == http.MethodGet && (len(body) > 0 || kind != ""):
		problem = fmt.Errorf("a GET has neither a body nor a Content-Type")
	case r.Method == http.MethodGet:
		d, problem = parseDevice(r.URL.RawQuery)
	case kind != "application/x-www-form-urlencoded":
		s.violated("the Content-Type of a POST must be application/x-www-form-urlencoded")
		return d, http.StatusUnsupportedMediaType, 0
	case r.URL.RawQuery != "":
		problem = fmt.Errorf("a POST has its parameters in the form, and no query")
	default:
		d, problem = parseDevice(string(body))
	}
	if problem != nil {
		s.violated("%v", problem)
		return d, http.StatusOK, codeBadRequest
	}
	return d, http.StatusOK, 0
}

// parseDevice reads the documented parameters in the documented order, each once, not empty and URL-encoded.
func parseDevice(raw string) (d device, err error) {
	names := []string{"appkey", "userid", "authcode"}
	values := make([]string, len(names))
	pairs := strings.Split(raw, "&")
	for i, p := range pairs {
		key, escaped, _ := strings.Cut(p, "=")
		if i >= len(names) || key != names[i] {
			return d, fmt.Errorf("the parameters must be appkey, userid and, on hardware platforms, authcode, in this order")
		}
		values[i], err = url.QueryUnescape(escaped)
		if err != nil || values[i] == "" || strings.IndexFunc(escaped, bare) >= 0 {
			return d, fmt.Errorf("a parameter is empty or not URL-encoded: %s", key)
		}
	}
	d = device{appkey: values[0], userid: values[1], authcode: values[2]}
	if d.userid == "" || strings.IndexFunc(d.userid, notAlphanumeric) >= 0 {
		return d, fmt.Errorf("userid must be of the form [A-Za-z0-9]+")
	}
	return d, nil
}

// bare tells whether a character has to be escaped in the value of a query or form.
func bare(r rune) bool {
	return notAlphanumeric(r) && !strings.ContainsRune("-._~%+", r)
}

func notAlphanumeric(r rune) bool {
	return ('a' > r || r > 'z') && ('A' > r || r > 'Z') && ('0' > r || r > '9')
}
