package sdk

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"time"
)

var errDuration = errors.New(`not a duration such as "90s", "36h" or "30d"`)

// ParseDuration reads a duration as flows and tags write it: Go's syntax, plus "d" for 24 hours ("30d", "1d12h"). Its error does not quote s.
func ParseDuration(s string) (time.Duration, error) {
	body, negative := strings.CutPrefix(s, "-")
	if !negative {
		body, _ = strings.CutPrefix(body, "+")
	}
	var days float64
	rest := body
	if number, after, found := strings.Cut(body, "d"); found { // days come first
		if number == "" || strings.Trim(number, "0123456789.") != "" {
			return 0, errDuration
		}
		n, err := strconv.ParseFloat(number, 64)
		if err != nil {
			return 0, errDuration
		}
		days, rest = n*float64(24*time.Hour), after
		if rest == "" {
			rest = "0"
		}
	}
	if rest == "" || rest[0] == '-' || rest[0] == '+' {
		return 0, errDuration
	}
	d, err := time.ParseDuration(rest)
	if err != nil || days+float64(d) >= math.MaxInt64 {
		return 0, errDuration
	}
	d += time.Duration(days)
	if negative {
		d = -d
	}
	return d, nil
}
