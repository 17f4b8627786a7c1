package placement

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/authrun/authrun/sdk"
)

// maxAnswer is how many bytes of an answer are looked at.
const maxAnswer = 64 << 10

// Verdict is what an answer says of the token that the request carried.
type Verdict int

// The verdicts.
const (
	Fine    Verdict = iota // nothing speaks against it
	Suspect                // the vendor answers so where the token is dead, and elsewhere too
	Dead                   // it is dead
)

// Judge tells what an answer says of the token. Where a vendor declares no evidence a status of 401 is one. The body of the answer can be read as
// before: as much of it as is looked at is read, and put back. Streams are not looked at: whoever reads them would wait.
func Judge(evidence []sdk.Evidence, answer *http.Response) Verdict {
	if len(evidence) == 0 {
		evidence = []sdk.Evidence{{Status: http.StatusUnauthorized}}
	}
	verdict := Fine
	var body any
	read := false
	for _, e := range evidence {
		if e.Status != 0 && e.Status != answer.StatusCode {
			continue
		}
		if e.Pointer != "" {
			if !read {
				read, body = true, peek(answer)
			}
			if !says(body, e) {
				continue
			}
		} else if e.Status == 0 {
			continue // it says nothing
		}
		if !e.Weak {
			return Dead
		}
		verdict = Suspect
	}
	return verdict
}

// peek decodes the beginning of an answer that may be JSON, and puts it back. nil: it is none, or too long to be a refusal.
func peek(answer *http.Response) any {
	if answer.Body == nil || answer.StatusCode < http.StatusOK || answer.ContentLength > maxAnswer || !mayBeJSON(answer.Header.Get("Content-Type")) {
		return nil
	}
	raw, whole := begin(answer)
	if !whole {
		return nil
	}
	decoder := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))))
	decoder.UseNumber()
	var v any
	if decoder.Decode(&v) != nil {
		return nil
	}
	return v
}

// Detach reads an answer to its end, so that its connection is free for others while it is kept. Of a long one the rest stays where it is.
func Detach(answer *http.Response) {
	if answer.Body == nil || answer.StatusCode < http.StatusOK {
		return
	}
	body := answer.Body
	if raw, whole := begin(answer); whole {
		body.Close()
		answer.Body = io.NopCloser(bytes.NewReader(raw))
	}
}

// begin reads the beginning of an answer's body and puts it back, and tells whether that is all of it.
func begin(answer *http.Response) (raw []byte, whole bool) {
	raw, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer+1))
	answer.Body = &rest{Reader: io.MultiReader(bytes.NewReader(raw), failing{err}, answer.Body), Closer: answer.Body}
	return raw, err == nil && len(raw) <= maxAnswer
}

// mayBeJSON passes what vendors call JSON: some say text/html. Streams of events or of lines are none.
func mayBeJSON(media string) bool {
	media, _, _ = strings.Cut(strings.ToLower(media), ";")
	switch media = strings.TrimSpace(media); {
	case strings.Contains(media, "stream"), strings.Contains(media, "ndjson"), strings.Contains(media, "jsonl"), strings.Contains(media, "json-seq"):
		return false
	}
	return media == "" || strings.Contains(media, "json") || strings.HasPrefix(media, "text/")
}

// rest is a body whose beginning was read.
type rest struct {
	io.Reader
	io.Closer
}

// failing is a reader that gives an error, if there is one.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) {
	if f.err != nil {
		return 0, f.err
	}
	return 0, io.EOF
}

// says tells whether the value that a piece of evidence points to is one of its values.
func says(body any, e sdk.Evidence) bool {
	steps, err := pointer(e.Pointer)
	if err != nil {
		return false
	}
	for _, step := range steps {
		switch v := body.(type) {
		case map[string]any:
			body = v[step]
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i < 0 || i >= len(v) {
				return false
			}
			body = v[i]
		default:
			return false
		}
	}
	var text string
	switch v := body.(type) {
	case string:
		text = v
	case json.Number:
		text = v.String()
	case bool:
		text = strconv.FormatBool(v)
	default:
		return false
	}
	for _, one := range e.OneOf {
		if one == text {
			return true
		}
	}
	return false
}

// pointer takes a JSON pointer (RFC 6901) apart.
func pointer(text string) ([]string, error) {
	if text == "" {
		return nil, nil
	}
	if !strings.HasPrefix(text, "/") {
		return nil, fmt.Errorf("%q is no JSON pointer", text)
	}
	steps := strings.Split(text[1:], "/")
	unescape := strings.NewReplacer("~1", "/", "~0", "~")
	for i := range steps {
		steps[i] = unescape.Replace(steps[i])
	}
	return steps, nil
}
