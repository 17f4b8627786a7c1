package httpvendor

import (
	"errors"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // a plugin may read no files, not even those of time zones

	"github.com/authrun/authrun/sdk"
)

// The ways of writing a time that have names. Others are patterns.
const (
	unixSeconds = "unix"
	unixMillis  = "unix_ms"
	rfc3339     = "rfc3339"
	httpDate    = "http"
)

var errPattern = errors.New("is none of unix, unix_ms, rfc3339 and http, and no pattern of yyyy, MM, dd, HH, mm, ss and SSS")

// layout is the pattern in the words of package time.
func layout(pattern string) (string, error) {
	switch pattern {
	case rfc3339:
		return time.RFC3339, nil
	case httpDate:
		return "Mon, 02 Jan 2006 15:04:05 GMT", nil
	case "":
		return "", errPattern
	}
	out := strings.NewReplacer("yyyy", "2006", "MM", "01", "dd", "02", "HH", "15", "mm", "04", "ss", "05", ".SSS", ".000", ",SSS", ",000").Replace(pattern)
	for _, r := range strings.NewReplacer("yyyy", "", "MM", "", "dd", "", "HH", "", "mm", "", "ss", "", ".SSS", "", ",SSS", "").Replace(pattern) {
		if !strings.ContainsRune("TZ -/_:.,年月日时分秒", r) {
			return "", errPattern
		}
	}
	return out, nil
}

// write writes t.
func write(t time.Time, pattern string, zone *time.Location) (string, error) {
	switch pattern {
	case unixSeconds:
		return strconv.FormatInt(t.Unix(), 10), nil
	case unixMillis:
		return strconv.FormatInt(t.UnixMilli(), 10), nil
	case httpDate:
		zone = time.UTC
	}
	l, err := layout(pattern)
	return t.In(zone).Format(l), err
}

// read reads a time; ok is false where text is none.
func read(text, pattern string, zone *time.Location) (t time.Time, ok bool) {
	if pattern == unixSeconds || pattern == unixMillis {
		var n sdk.Int
		if err := n.UnmarshalText([]byte(text)); err != nil || n <= 0 {
			return t, false
		}
		if pattern == unixMillis {
			return time.UnixMilli(int64(n)), true
		}
		return time.Unix(int64(n), 0), true
	}
	l, err := layout(pattern)
	if err != nil {
		return t, false
	}
	if pattern == httpDate {
		zone = time.UTC
	}
	t, err = time.ParseInLocation(l, strings.TrimSpace(text), zone)
	return t, err == nil
}

// units are the units of a lifetime.
var units = map[string]time.Duration{"ms": time.Millisecond, "s": time.Second, "m": time.Minute, "h": time.Hour, "d": 24 * time.Hour}
