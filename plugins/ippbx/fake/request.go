package fake

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// request is what the server understood of a request.
type request struct {
	endpoint string // the path behind the API version: "login"
	caller   string
	token    string
	xml      bool
	fields   fields
}

// field is one value of a body. Kind tells a JSON number from a string; XML has strings alone.
type field struct {
	text string
	kind kind
}

type kind int

const (
	text   kind = iota // XML
	quoted             // a JSON string
	number             // a JSON number
	other              // any other JSON value
)

type fields map[string]field

// problem is what is wrong with a request by the vendor's documents, and how the vendor answers it.
type problem struct {
	status int    // 404: an HTML page
	errno  string // with status 200
	text   string
}

func wrong(errno, format string, args ...any) *problem {
	return &problem{http.StatusOK, errno, fmt.Sprintf(format, args...)}
}

// read checks a request against the documents.
func (s *Server) read(r *http.Request) (request, *problem) {
	q := request{caller: caller(r)}
	endpoint, ok := strings.CutPrefix(r.URL.EscapedPath(), "/api/"+url.PathEscape(s.options.APIVersion)+"/")
	if !ok || !slices.Contains([]string{"login", "heartbeat", "logout", "deviceinfo/query"}, endpoint) {
		return q, &problem{http.StatusNotFound, "", "there is nothing at this path"}
	}
	q.endpoint = endpoint
	if r.Method != http.MethodPost {
		return q, wrong("10002", "the method is not POST")
	}
	if p := q.readQuery(r.URL.RawQuery); p != nil {
		return q, p
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return q, wrong("10002", "the body is cut short")
	}
	switch endpoint {
	case "logout", "deviceinfo/query":
		if len(body) > 0 || r.Header.Get("Content-Type") != "" {
			return q, wrong("10002", "there is a body")
		}
		return q, nil
	}
	return q, q.readBody(r.Header.Values("Content-Type"), body)
}

// readQuery checks that the parameters are those of the endpoint, each once.
func (q *request) readQuery(raw string) *problem {
	values, err := url.ParseQuery(raw)
	if err != nil {
		return wrong("10002", "the query is broken")
	}
	want := map[string][]string{"login": {"type"}, "heartbeat": {"token", "type"}, "logout": {"token"}, "deviceinfo/query": {"token"}}[q.endpoint]
	for name, v := range values {
		if !slices.Contains(want, name) || len(v) != 1 {
			return wrong("10002", "the query parameter %s is not documented, or there twice", name)
		}
	}
	for _, name := range want {
		if values.Get(name) == "" {
			return wrong("10003", "the query parameter %s is missing", name)
		}
	}
	q.token = values.Get("token")
	if t := values.Get("type"); t != "" && t != "json" && t != "xml" {
		return wrong("10002", "the query parameter type is neither json nor xml")
	}
	q.xml = values.Get("type") == "xml"
	return nil
}

// readBody checks the content type and reads the fields.
func (q *request) readBody(types []string, body []byte) *problem {
	want, read := "application/json; charset=utf-8", readJSON
	if q.xml {
		want, read = "application/xml; charset=utf-8", readXML
	}
	if len(types) != 1 || types[0] != want {
		return wrong("10002", "the content type is not %s", want)
	}
	var err error
	if q.fields, err = read(body); err != nil {
		return wrong("10002", "%s", err)
	}
	if err := q.fields.check(q.endpoint); err != nil {
		return wrong("10003", "%s", err)
	}
	return nil
}

var hash = regexp.MustCompile(`^[0-9a-f]{32}$`)

// check says what is wrong with the fields for the endpoint.
func (f fields) check(endpoint string) error {
	required := []string{"username", "password", "port"}
	if endpoint == "heartbeat" {
		required = []string{"ipaddr", "port"}
	}
	for _, name := range required {
		if f[name].text == "" {
			return fmt.Errorf("the field %s is missing or empty", name)
		}
	}
	for _, name := range slices.Sorted(keys(f)) {
		x := f[name]
		if !slices.Contains(required, name) && !slices.Contains([]string{"url", "urltag", "version"}, name) {
			return fmt.Errorf("the field %s is not documented", name)
		}
		want := quoted
		if name == "urltag" {
			want = number
		}
		if x.kind != text && x.kind != want {
			return fmt.Errorf("the field %s has the wrong JSON type", name)
		}
	}
	if port, err := strconv.Atoi(f["port"].text); err != nil || port < 1 || port > 65535 {
		return errors.New("the field port is no port")
	}
	if tag, ok := f["urltag"]; ok && tag.text != "0" && tag.text != "1" {
		return errors.New("the field urltag is neither 0 nor 1")
	}
	if endpoint == "login" && !hash.MatchString(f["password"].text) {
		return errors.New("the field password is not 32 lower-case hex digits")
	}
	return nil
}

func keys(f fields) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for name := range f {
			if !yield(name) {
				return
			}
		}
	}
}
