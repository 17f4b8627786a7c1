package sdk

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"strconv"
	"strings"
	"time"
)

var (
	errNotText   = errors.New("an object or a list where text was expected")
	errNotNumber = errors.New("something that is no number where a number was expected")
)

// Text is a string in an answer of a vendor that may send a number or a bool in its place: 200, "200" and true are "200", "200" and
// "true"; null and an empty list are "".
type Text string

// Secret is the text as a secret.
func (t Text) Secret() Secret { return Secret(t) }

// UnmarshalJSON accepts a string, a number, a bool, null, and [] for nothing. Its error holds no part of the JSON.
func (t *Text) UnmarshalJSON(raw []byte) error {
	raw = bytes.TrimSpace(raw)
	switch {
	case len(raw) == 0, string(raw) == "null", emptyList(raw):
		*t = ""
		return nil
	case raw[0] == '"':
		var s string
		if err := json.Unmarshal(raw, &s); err != nil {
			return errNotText
		}
		*t = Text(s)
		return nil
	case raw[0] == '{', raw[0] == '[':
		return errNotText
	}
	*t = Text(raw) // a number as it is written, or a bool
	return nil
}

// Int is a whole number in an answer of a vendor that may send a string in its place: 87, "87", "87.0", 8.7e1 are 87; null and "" are 0.
// A fraction is cut off. What does not fit into 64 bits is the nearest number that does.
type Int int64

// UnmarshalJSON accepts a number, a number in a string, a bool (as 0 or 1), null, and [] for nothing. Its error holds no part of the JSON.
func (n *Int) UnmarshalJSON(raw []byte) error {
	raw = bytes.TrimSpace(raw)
	switch {
	case string(raw) == "null", string(raw) == "false", emptyList(raw):
		*n = 0
		return nil
	case string(raw) == "true":
		*n = 1
		return nil
	case len(raw) > 0 && raw[0] == '"':
		var s string
		if err := json.Unmarshal(raw, &s); err != nil {
			return errNotNumber
		}
		return n.UnmarshalText([]byte(s))
	}
	return n.UnmarshalText(raw)
}

// UnmarshalText accepts what a string in JSON may hold; XML is read with it.
func (n *Int) UnmarshalText(text []byte) error {
	s := strings.TrimSpace(string(text))
	if s == "" {
		*n = 0
		return nil
	}
	if strings.Trim(s, "0123456789+-.eE") != "" { // no "inf", no "0x10"
		return errNotNumber
	}
	i, err := strconv.ParseInt(s, 10, 64)
	if err == nil || errors.Is(err, strconv.ErrRange) { // out of range: i is the nearest
		*n = Int(i)
		return nil
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return errNotNumber
	}
	switch {
	case f >= math.MaxInt64:
		*n = math.MaxInt64
	case f <= math.MinInt64:
		*n = math.MinInt64
	default:
		*n = Int(f)
	}
	return nil
}

// Duration is so many of unit (time.Second, 24*time.Hour), clamped to what a duration holds and below [Forever]: a huge number is a
// long life, never an eternal or a negative one.
func (n Int) Duration(unit time.Duration) time.Duration {
	const most = Forever - 1
	if n == 0 || unit == 0 {
		return 0
	}
	d := time.Duration(n) * unit
	if d/unit != time.Duration(n) || d > most || d < -most {
		if (n > 0) == (unit > 0) {
			return most
		}
		return -most
	}
	return d
}

func emptyList(raw []byte) bool {
	return len(raw) >= 2 && raw[0] == '[' && raw[len(raw)-1] == ']' && len(bytes.TrimSpace(raw[1:len(raw)-1])) == 0
}
