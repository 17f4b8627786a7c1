package sdk

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// mostDepth bounds how deep objects and lists of an answer may nest.
const mostDepth = 100

var (
	errDeep     = errors.New("JSON that nests too deep")
	errCutShort = errors.New("JSON that is cut short")
	errNotJSON  = errors.New("not JSON")
)

// decodeJSON reads an answer's body into v, leniently: a byte order mark, trailing commas, unknown and repeated members do not matter. Its
// error is a few words on what came instead, and holds no part of the body.
func decodeJSON(body []byte, v any) error {
	body = withoutMark(body)
	switch {
	case len(body) == 0:
		return errors.New("empty")
	case body[0] == '<':
		return errors.New("not JSON but " + markup(body))
	case !bytes.ContainsRune([]byte(`{["-0123456789tfn`), rune(body[0])):
		return errNotJSON
	}
	tidy, err := tidyJSON(body)
	if err != nil {
		return err
	}
	return jsonProblem(json.Unmarshal(tidy, v))
}

// withoutMark takes the byte order mark and the white space around a body away.
func withoutMark(body []byte) []byte {
	return bytes.TrimSpace(bytes.TrimPrefix(bytes.TrimSpace(body), []byte("\xef\xbb\xbf")))
}

// markup names the kind of a body that begins with "<".
func markup(body []byte) string {
	start := bytes.ToLower(body[:min(len(body), 512)])
	if bytes.Contains(start, []byte("<html")) || bytes.Contains(start, []byte("<!doctype html")) {
		return "an HTML page"
	}
	return "HTML or XML"
}

// jsonProblem says what err of package json means, without the parts of the body that it may quote.
func jsonProblem(err error) error {
	var kind *json.UnmarshalTypeError
	var syntax *json.SyntaxError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &kind):
		got, _, _ := strings.Cut(kind.Value, " ") // "number 12" quotes the body
		if kind.Field == "" {
			return fmt.Errorf("JSON, but of another kind than expected (%s)", got)
		}
		return fmt.Errorf("JSON, but its member %s is of another kind than expected (%s)", kind.Field, got)
	case errors.As(err, &syntax) && syntax.Error() == "unexpected end of JSON input":
		return errCutShort
	case errors.As(err, &syntax):
		return errNotJSON
	case errors.Is(err, errNotText), errors.Is(err, errNotNumber), errors.Is(err, errNotObject):
		return fmt.Errorf("JSON, but with %w", err)
	case errors.Is(err, errDeep), errors.Is(err, errCutShort), errors.Is(err, errNotJSON):
		return err
	}
	return errors.New("JSON, but not as expected") // the words of another UnmarshalJSON are not ours to pass on
}

// tidyJSON is raw without commas that stand before a closing bracket. It copies only where there are some. It finds what nests too deep or
// ends too soon; other mistakes are left to package json.
func tidyJSON(raw []byte) ([]byte, error) {
	var (
		out     []byte // raw[:copied] without the commas; nil while there were none
		copied  int
		comma   = -1 // place of the comma that stood last, with nothing but white space since
		depth   int
		valueAt bool // something that a comma may follow stood last
	)
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; c {
		case ' ', '\t', '\r', '\n':
			continue
		case '"':
			end := stringEnd(raw, i)
			if end < 0 {
				return nil, errCutShort
			}
			i, comma, valueAt = end, -1, true
		case '{', '[':
			if depth++; depth > mostDepth {
				return nil, errDeep
			}
			comma, valueAt = -1, false
		case '}', ']':
			if comma >= 0 {
				out = append(out, raw[copied:comma]...)
				copied = comma + 1
			}
			depth--
			comma, valueAt = -1, true
		case ',':
			if comma = -1; valueAt {
				comma = i
			}
			valueAt = false
		case ':':
			comma, valueAt = -1, false
		default:
			comma, valueAt = -1, true
		}
	}
	if depth > 0 {
		return nil, errCutShort
	}
	if copied == 0 {
		return raw, nil
	}
	return append(out, raw[copied:]...), nil
}

// stringEnd is the place of the quote that ends the string which starts at raw[start], or -1.
func stringEnd(raw []byte, start int) int {
	for i := start + 1; i < len(raw); i++ {
		switch raw[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}
	return -1
}
