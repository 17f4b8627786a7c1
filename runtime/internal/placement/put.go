package placement

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/authrun/authrun/sdk"
)

// maxBody is the size in bytes above which no token is put into a body.
const maxBody = 16 << 20

// Places are the places of a request with what goes there, in place of the templates: of one credential, for all of its requests.
type Places []sdk.Placement

// place is one of them.
type place sdk.Placement

// New fills the templates of a plugin's placements with the attributes of a credential, a JSON object: {token}, or {attributes.company} for a part of
// one. The error names an attribute that is not
// there; it shows no value.
func New(use []sdk.Placement, credential json.RawMessage) (Places, error) {
	var attributes map[string]any
	decoder := json.NewDecoder(bytes.NewReader(credential))
	decoder.UseNumber()
	if err := decoder.Decode(&attributes); err != nil {
		return nil, errors.New("the credential is no JSON object")
	}
	places := make(Places, 0, len(use))
	for _, u := range use {
		value, err := fill(u.Value, attributes)
		if err != nil {
			return nil, err
		}
		places = append(places, sdk.Placement{In: u.In, Name: u.Name, Value: value})
	}
	return places, nil
}

// fill puts attributes in place of their names in braces.
func fill(template string, attributes map[string]any) (string, error) {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(template, "{")
		b.WriteString(before)
		if !found {
			return b.String(), nil
		}
		name, after, closed := strings.Cut(rest, "}")
		if !closed {
			return "", errors.New("the plugin's template for the token lacks a closing brace")
		}
		switch v := lookUp(attributes, name).(type) {
		case string:
			b.WriteString(v)
		case json.Number:
			b.WriteString(v.String())
		case bool:
			fmt.Fprint(&b, v)
		default:
			return "", fmt.Errorf("the plugin's template for the token names %q, which the credential does not have as text", name)
		}
		template = after
	}
}

// lookUp finds an attribute, or by its path, with dots, a part of one. Names may have dots, too.
func lookUp(attributes map[string]any, path string) any {
	if v, there := attributes[path]; there {
		return v
	}
	for at := range len(path) {
		if path[at] != '.' {
			continue
		}
		if inner, ok := attributes[path[:at]].(map[string]any); ok {
			if v := lookUp(inner, path[at+1:]); v != nil {
				return v
			}
		}
	}
	return nil
}

// Put gives a copy of a request with the token on it; r itself stays as it is, but that its body is taken over: it is read and closed where the
// token goes into it, and else it is the copy's. The copy can be sent again if GetBody is set or there is no body.
func (p Places) Put(r *http.Request) (*http.Request, error) {
	out := new(http.Request)
	*out = *r
	out.Header = make(http.Header, len(r.Header)+2)
	maps.Copy(out.Header, r.Header) // values are replaced, and never changed
	for _, one := range p {
		if err := place(one).put(out); err != nil {
			closeBody(r)
			return nil, err
		}
	}
	return out, nil
}

func closeBody(r *http.Request) {
	if r.Body != nil {
		r.Body.Close()
	}
}

func (p place) put(r *http.Request) error {
	switch p.In {
	case sdk.InHeader:
		r.Header.Set(p.Name, p.Value)
	case sdk.InCookie:
		return p.putCookie(r)
	case sdk.InQuery:
		r.URL = withQuery(r.URL, p.Name, p.Value)
	case sdk.InForm:
		return rewrite(r, "application/x-www-form-urlencoded", p.inForm)
	case sdk.InJSON:
		return rewrite(r, "application/json", p.inJSON)
	default:
		return fmt.Errorf("the plugin puts the token into %q, which this authrun does not know: upgrade authrun", p.In)
	}
	return nil
}

// putCookie sets a cookie, and leaves the others as they are. Package net/http would log a bad byte of the value and leave it out.
func (p place) putCookie(r *http.Request) error {
	for _, c := range []byte(p.Value) {
		if c < ' ' || c > '~' || strings.IndexByte(`";\`, c) >= 0 {
			return errors.New("the token has bytes that cannot stand in a cookie")
		}
	}
	own := (&http.Cookie{Name: p.Name, Value: p.Value}).String()
	if own == "" {
		return fmt.Errorf("the plugin puts the token into a cookie that cannot be: its name is %q", p.Name)
	}
	var all []string
	for _, line := range r.Header["Cookie"] {
		for one := range strings.SplitSeq(line, ";") {
			one = strings.TrimSpace(one)
			if name, _, _ := strings.Cut(one, "="); one != "" && name != p.Name {
				all = append(all, one)
			}
		}
	}
	r.Header["Cookie"] = []string{strings.Join(append(all, own), "; ")}
	return nil
}

// withQuery sets a parameter, and leaves the others as they are written: some vendors sign them.
func withQuery(u *url.URL, name, value string) *url.URL {
	out := *u
	pair := url.QueryEscape(name) + "=" + url.QueryEscape(value)
	kept := []string{}
	for part := range strings.SplitSeq(u.RawQuery, "&") {
		key, _, _ := strings.Cut(part, "=")
		if unescaped, err := url.QueryUnescape(key); part != "" && (err != nil || unescaped != name) {
			kept = append(kept, part)
		}
	}
	out.RawQuery = strings.Join(append(kept, pair), "&")
	return &out
}

func (p place) inForm(body []byte) ([]byte, error) {
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, errors.New("the token goes into a form, and the request's body is none")
	}
	if _, there := form[p.Name]; !there && len(body) > 0 {
		return append(append(body, '&'), url.QueryEscape(p.Name)+"="+url.QueryEscape(p.Value)...), nil // the order of the others stays
	}
	form.Set(p.Name, p.Value)
	return []byte(form.Encode()), nil
}

// inJSON sets the value that the pointer leads to. What else is in the body stays as it is written, but for the order of members on the way.
func (p place) inJSON(body []byte) ([]byte, error) {
	if len(bytes.TrimSpace(body)) == 0 {
		body = []byte("{}")
	}
	steps, err := pointer(p.Name)
	if err != nil || len(steps) == 0 {
		return nil, fmt.Errorf("the plugin's pointer for the token, %q, leads to no member", p.Name)
	}
	return set(body, steps, p.Value)
}

func set(object []byte, steps []string, value string) ([]byte, error) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(object, &members); err != nil || members == nil {
		return nil, errors.New("the token goes into a JSON object, and the request's body is none where it goes")
	}
	inner, err := json.Marshal(value)
	if len(steps) > 1 {
		below := members[steps[0]]
		if below == nil {
			below = []byte("{}")
		}
		inner, err = set(below, steps[1:], value)
	}
	if err != nil {
		return nil, err
	}
	members[steps[0]] = inner
	return json.Marshal(members)
}

// rewrite changes the body of a request whose media type is the one said, or that has none yet.
func rewrite(r *http.Request, media string, change func([]byte) ([]byte, error)) error {
	given := r.Header.Get("Content-Type")
	kind, _, _ := mime.ParseMediaType(given)
	if given != "" && kind != media && !(media == "application/json" && strings.HasSuffix(kind, "+json")) {
		return fmt.Errorf("the token goes into a body of the type %s, and the request's is of another", media)
	}
	var body []byte
	if r.Body != nil && r.Body != http.NoBody {
		var err error
		body, err = io.ReadAll(io.LimitReader(r.Body, maxBody+1))
		closeBody(r)
		if err != nil {
			return fmt.Errorf("the body that the token goes into could not be read: %w", err)
		}
		if len(body) > maxBody {
			return fmt.Errorf("the body that the token goes into is larger than %d MiB", maxBody>>20)
		}
	}
	body, err := change(body)
	if err != nil {
		return err
	}
	if given == "" {
		r.Header.Set("Content-Type", media)
	}
	r.ContentLength = int64(len(body))
	r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	r.Body, err = r.GetBody()
	return err
}
