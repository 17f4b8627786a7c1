package fake

import (
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"

	"github.com/authrun/authrun/sdk/sdktest/fakevendor"
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

// read checks a request. It returns what answers it, or the status that refuses it. The caller holds s.mu, for the call of handle too.
func (s *Server) read(r *http.Request, body []byte) (handle func() (int, string), status int) {
	switch r.URL.Path {
	case pathAcquire:
		return s.readAcquire(r, body)
	case pathRefresh:
		return s.readRefresh(r, body)
	}
	return nil, s.violated(http.StatusNotFound, "the path %s is none of the documented ones", r.URL.Path)
}

// readAcquire checks a request for a new pair.
func (s *Server) readAcquire(r *http.Request, body []byte) (handle func() (int, string), status int) {
	if status := s.checkMethod(r); status != 0 {
		return nil, status
	}
	// "appKey and appSecurity are Body parameters, not Query parameters": the documented cause of a 403.
	if r.URL.RawQuery != "" {
		return nil, s.violated(http.StatusForbidden, "getAccessToken takes no query parameters")
	}
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return nil, s.violated(http.StatusUnsupportedMediaType, "Content-Type of getAccessToken must be application/json")
	}
	fields, err := readObject(body, "appKey", "appSecurity")
	if err != nil {
		return nil, s.violated(http.StatusForbidden, "getAccessToken: %v", err)
	}
	return func() (int, string) {
		if a := s.options.Account; a.AppKey == "" || fields["appKey"] != a.AppKey || fields["appSecurity"] != a.AppSecurity {
			return http.StatusForbidden, ""
		}
		return http.StatusOK, s.render(s.grant(s.options.Life))
	}, 0
}

// readRefresh checks a request for a new pair in exchange for a living one.
func (s *Server) readRefresh(r *http.Request, body []byte) (handle func() (int, string), status int) {
	if status := s.checkMethod(r); status != 0 {
		return nil, status
	}
	if len(body) > 0 {
		return nil, s.violated(http.StatusForbidden, "refreshToken takes no body")
	}
	if r.Header.Get("Content-Type") != "" {
		return nil, s.violated(http.StatusUnsupportedMediaType, "refreshToken has no body and so no Content-Type")
	}
	query, err := parseQuery(r.URL.RawQuery, "accessToken", "refreshToken", "powerCode")
	if err != nil {
		return nil, s.violated(http.StatusForbidden, "the query of refreshToken %v", err)
	}
	return func() (int, string) {
		held, known := s.pairs[query["accessToken"]]
		if !known || held.refresh != query["refreshToken"] || query["powerCode"] != s.options.PowerCode || !s.alive(held.access) {
			return http.StatusForbidden, ""
		}
		delete(s.pairs, held.access) // both values change, and the old ones are worth nothing
		return http.StatusOK, s.render(s.grant(s.options.RenewedLife))
	}, 0
}

func (s *Server) checkMethod(r *http.Request) (status int) {
	if r.Method != http.MethodPost {
		return s.violated(http.StatusMethodNotAllowed, "the method of %s must be POST, not %s", r.URL.Path, r.Method)
	}
	return 0
}

// readObject reads a JSON object that has exactly the named members, all of them strings that are not empty.
func readObject(body []byte, names ...string) (fields map[string]string, err error) {
	members, err := fakevendor.Members(body)
	if err != nil {
		return nil, err
	}
	fields = map[string]string{}
	for name, value := range members {
		var text string
		switch {
		case !slices.Contains(names, name):
			return nil, fmt.Errorf("the field %s is not documented", name)
		case value[0] != '"' || json.Unmarshal(value, &text) != nil:
			return nil, fmt.Errorf("the field %s is not a string", name)
		case text == "":
			return nil, fmt.Errorf("the field %s is empty", name)
		}
		fields[name] = text
	}
	for _, name := range names {
		if _, ok := fields[name]; !ok {
			return nil, fmt.Errorf("the field %s is missing", name)
		}
	}
	return fields, nil
}
