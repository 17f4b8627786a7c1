package fake

import (
	"fmt"
	"net/url"
	"strings"
)

// parseQuery reads a query that has exactly the named parameters in that order, each once, not empty, and escaped so that nothing but
// unreserved characters stands in it bare.
func parseQuery(raw string, names ...string) (map[string]string, error) {
	values := map[string]string{}
	pairs := strings.Split(raw, "&")
	if raw == "" {
		pairs = nil
	}
	for i, p := range pairs {
		key, escaped, _ := strings.Cut(p, "=")
		if i >= len(names) || key != names[i] {
			return nil, fmt.Errorf("must be %s", strings.Join(names, ", "))
		}
		if i := strings.IndexFunc(escaped, bare); i >= 0 {
			return nil, fmt.Errorf("has a value that is not URL-encoded: %s", key)
		}
		value, err := url.QueryUnescape(escaped)
		if err != nil || value == "" {
			return nil, fmt.Errorf("has an empty or broken value: %s", key)
		}
		values[key] = value
	}
	if len(pairs) < len(names) {
		return nil, fmt.Errorf("lacks %s", names[len(pairs)])
	}
	return values, nil
}

// bare tells whether a character has to be escaped in the value of a query.
func bare(r rune) bool {
	letter := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
	return !letter && !strings.ContainsRune("-._~%+", r)
}
