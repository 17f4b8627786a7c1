package httpvendor

import (
	"cmp"
	"context"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/authrun/authrun/sdk"
)

// send makes the request of an operation at an address.
func (r Request) send(ctx context.Context, h *sdk.Host, s *scene, address string) (*sdk.Answer, error) {
	where, err := r.where(s, address)
	if err != nil {
		return nil, err
	}
	body, text, err := r.body(s)
	if err != nil {
		return nil, err
	}
	s.body = &text
	query, err := r.pairs(s, r.Query)
	if err != nil {
		return nil, err
	}
	options := []sdk.RequestOption{sdk.Query(query...)}
	headers, err := r.pairs(s, r.Headers)
	if err != nil {
		return nil, err
	}
	if r.ContentType != "" {
		headers = append([]string{"Content-Type", r.ContentType}, headers...)
	}
	for i := 0; i < len(headers); i += 2 {
		if strings.ContainsAny(headers[i+1], "\r\n\x00") {
			return nil, &sdk.Failure{Class: sdk.InvalidRequest, Text: "the header " + headers[i] + " would hold more than one line"}
		}
		options = append(options, sdk.Header(headers[i], headers[i+1]))
	}
	return h.Send(ctx, r.Method, where, body, options...)
}

// where joins the path to an address. A part that is empty or a dot segment would lead elsewhere, with all its secrets.
func (r Request) where(s *scene, address string) (string, error) {
	if r.Path == "" {
		return address, nil
	}
	t, err := parse(r.Path)
	if err != nil {
		return "", unsupported("a template is wrong: " + err.Error())
	}
	for _, p := range t {
		if p.name == "" {
			continue
		}
		value, err := s.fill(p)
		if err != nil {
			return "", err
		}
		if value == "" {
			return "", &sdk.Failure{Class: sdk.InvalidRequest, Text: "the value of {" + p.name + "} is empty, and it is a part of the path"}
		}
	}
	path, err := t.render(s, url.PathEscape)
	if err != nil {
		return "", err
	}
	if slices.ContainsFunc(strings.Split(path, "/"), isDots) {
		return "", &sdk.Failure{Class: sdk.InvalidRequest, Text: "the path has a part that is a point or two, so it would lead elsewhere"}
	}
	return strings.TrimRight(address, "/") + path, nil
}

// isDots tells whether a part of a path means the folder itself or the one above.
func isDots(part string) bool {
	decoded, err := url.PathUnescape(part)
	return err == nil && (decoded == "." || decoded == "..")
}

// pairs are templates by name, rendered: names and values in turn, in the request's order.
func (r Request) pairs(s *scene, templates map[string]string) ([]string, error) {
	place := func(name string) int {
		if i := slices.Index(r.Order, name); i >= 0 {
			return i
		}
		return len(r.Order)
	}
	names := slices.Sorted(maps.Keys(templates))
	slices.SortStableFunc(names, func(a, b string) int { return cmp.Compare(place(a), place(b)) })
	var all []string
	for _, name := range names {
		value, err := s.text(templates[name])
		if err != nil {
			return nil, err
		}
		all = append(all, name, value)
	}
	return all, nil
}
