package fake

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// The services that the server knows. Every other one of App.Sip_ stands for a later call.
const (
	loginService  = "App.Sip_Auth.Login"
	logoutService = "App.Sip_Auth.Logout"
	laterPrefix   = "App.Sip_"
)

// form is the fields of a request, in the order in which they were sent.
type form []field

type field struct{ name, value string }

// errPath is the violation of a request to another path.
var errPath = errors.New("there is nothing at this path")

// readForm reads a request that must be a POST of a form to path. The fields read so far are returned beside an error.
func readForm(r *http.Request, path string) (form, error) {
	at := r.URL.Path
	if at == "" { // behind http.StripPrefix
		at = "/"
	}
	if at != path {
		return nil, errPath
	}
	if r.Method != http.MethodPost {
		return nil, fmt.Errorf("the method is not POST")
	}
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return nil, fmt.Errorf("the content type is no media type")
	}
	if len(r.URL.RawQuery) > 0 {
		return nil, fmt.Errorf("there is a query")
	}
	switch kind {
	case "multipart/form-data":
		return readMultipart(multipart.NewReader(r.Body, params["boundary"]))
	case "application/x-www-form-urlencoded":
		return readEncoded(r.Body)
	}
	return nil, fmt.Errorf("the content type is %q", kind)
}

func readMultipart(parts *multipart.Reader) (f form, err error) {
	for {
		part, err := parts.NextRawPart()
		if err == io.EOF {
			return f, nil
		}
		if err != nil {
			return f, fmt.Errorf("the multipart form is broken")
		}
		if len(part.Header) != 1 || part.FileName() != "" {
			return f, fmt.Errorf("the field %q has more than a name", part.FormName())
		}
		value, err := io.ReadAll(part)
		if err != nil {
			return f, fmt.Errorf("the multipart form is cut short")
		}
		f = append(f, field{part.FormName(), string(value)})
	}
}

func readEncoded(body io.Reader) (f form, err error) {
	text, err := io.ReadAll(body)
	if err != nil {
		return nil, fmt.Errorf("the form is cut short")
	}
	for pair := range strings.SplitSeq(string(text), "&") {
		name, value, ok := strings.Cut(pair, "=")
		name, err1 := url.QueryUnescape(name)
		value, err2 := url.QueryUnescape(value)
		if !ok || err1 != nil || err2 != nil {
			return f, fmt.Errorf("the form is not urlencoded")
		}
		f = append(f, field{name, value})
	}
	return f, nil
}

// get is the value of the first field of that name.
func (f form) get(name string) string {
	for _, x := range f {
		if x.name == name {
			return x.value
		}
	}
	return ""
}

// check says what is wrong with the fields for the service they name.
func (f form) check() error {
	want := []string{"service", "token"}
	switch service := f.get("service"); {
	case service == "":
		return fmt.Errorf("the field service is missing")
	case service == loginService:
		want = []string{"service", "appid", "accesskey"}
	case service == logoutService:
	case strings.HasPrefix(service, laterPrefix):
		return nil // the documents of other services are none of the fake's business
	default:
		return fmt.Errorf("the service is unknown")
	}
	seen := map[string]bool{}
	for _, x := range f {
		if seen[x.name] {
			return fmt.Errorf("the field %s is there twice", x.name)
		}
		if !slices.Contains(want, x.name) {
			return fmt.Errorf("the field %s is not documented", x.name)
		}
		seen[x.name] = true
	}
	for _, name := range want {
		if f.get(name) == "" {
			return fmt.Errorf("the field %s is missing or empty", name)
		}
	}
	return nil
}
