package fake

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/authrun/authrun/sdk/sdktest/fakevendor"
)

// request is what the server understood of a request: one for a token, or a later call that carries one.
type request struct {
	clientID, clientSecret string
	ttl                    *int64

	later  bool // GET /{org}/{app}/users
	bearer string
}

// problem is what is wrong with a request by the vendor's documents, and how the vendor answers it.
type problem struct {
	status int
	code   string // `error` of the answer
	text   string
}

// read checks a request against the documents.
func (s *Server) read(r *http.Request) (request, *problem) {
	app := "/" + url.PathEscape(s.options.Account.OrgName) + "/" + url.PathEscape(s.options.Account.AppName)
	rest, ok := strings.CutPrefix(r.URL.EscapedPath(), app)
	switch {
	case !ok:
		return request{}, &problem{404, "organization_application_not_found", "there is no such organization or app"}
	case rest == "/users":
		return readLater(r)
	case rest != "/token":
		return request{}, &problem{404, "service_resource_not_found", "there is nothing at this path"}
	case r.Method != http.MethodPost:
		return request{}, &problem{405, "method_not_allowed", "the method is not POST"}
	case r.URL.RawQuery != "":
		return request{}, &problem{400, "illegal_argument", "there is a query"}
	case len(r.Header.Values("Content-Type")) != 1 || r.Header.Get("Content-Type") != "application/json":
		return request{}, &problem{415, "web_application", "the content type is not application/json"}
	case len(r.Header.Values("Accept")) != 1 || r.Header.Get("Accept") != "application/json":
		return request{}, &problem{406, "web_application", "the header Accept is not application/json"}
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return request{}, &problem{400, "json_parse", "the body is cut short"}
	}
	fields, err := fakevendor.Members(body)
	if err != nil {
		return request{}, &problem{400, "json_parse", err.Error()}
	}
	return readFields(fields)
}

func readLater(r *http.Request) (request, *problem) {
	bearer, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if r.Method != http.MethodGet || !ok {
		return request{later: true}, &problem{401, "unauthorized", "a later call is a GET with the token as Bearer"}
	}
	return request{later: true, bearer: bearer}, nil
}

// readFields checks names, types and values of the fields of a request for a token.
func readFields(fields map[string]json.RawMessage) (r request, _ *problem) {
	grant := ""
	for _, f := range []struct {
		name string
		to   *string
	}{{"grant_type", &grant}, {"client_id", &r.clientID}, {"client_secret", &r.clientSecret}} {
		value, ok := fields[f.name]
		if !ok {
			return r, &problem{400, "required_property_not_found", "the field " + f.name + " is missing"}
		}
		if value[0] != '"' || json.Unmarshal(value, f.to) != nil {
			return r, &problem{400, "illegal_argument", "the field " + f.name + " is not a string"}
		}
		delete(fields, f.name)
	}
	if grant != "client_credentials" {
		return r, &problem{400, "unsupported_grant_type", "the field grant_type is not client_credentials"}
	}
	if value, ok := fields["ttl"]; ok {
		n, err := strconv.ParseInt(string(value), 10, 64)
		if err != nil || n < 0 {
			return r, &problem{400, "illegal_argument", "the field ttl is not a whole number of at least 0"}
		}
		r.ttl = &n
		delete(fields, "ttl")
	}
	for name := range fields {
		return r, &problem{400, "illegal_argument", "the field " + name + " is not documented"}
	}
	return r, nil
}
