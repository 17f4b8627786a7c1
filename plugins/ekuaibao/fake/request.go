package fake

import (
	"bytes"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"slices"
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
	fields, problem := readObject(body, "appKey", "appSecurity")
	if problem != "" {
		return nil, s.violated(http.StatusForbidden, "the body of getAccessToken %s", problem)
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
func readObject(body []byte, names ...string) (fields map[string]string, problem string) {
	members := json.NewDecoder(bytes.NewReader(body))
	if start, err := members.Token(); err != nil || start != json.Delim('{') {
		return nil, "is not a JSON object"
	}
	fields = map[string]string{}
	for members.More() {
		name, err := members.Token()
		if err != nil {
			return nil, "is not JSON"
		}
		key := name.(string) // the decoder lets nothing else be a name
		var value any
		if err := members.Decode(&value); err != nil {
			return nil, "is not JSON"
		}
		text, isText := value.(string)
		switch _, twice := fields[key]; {
		case !slices.Contains(names, key):
			return nil, "has a member that is not documented: " + key
		case twice:
			return nil, "has a member twice: " + key
		case !isText:
			return nil, "has a member that is no string: " + key
		case text == "":
			return nil, "has an empty member: " + key
		}
		fields[key] = text
	}
	if _, err := members.Token(); err != nil {
		return nil, "is not JSON"
	}
	if _, err := members.Token(); err != io.EOF {
		return nil, "goes on after its JSON object"
	}
	for _, name := range names {
		if _, ok := fields[name]; !ok {
			return nil, "lacks " + name
		}
	}
	return fields, ""
}
