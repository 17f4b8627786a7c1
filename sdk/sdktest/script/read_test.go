package script

import (
	"strings"
	"testing"

	"github.com/authrun/authrun/sdk"
)

const record = `{"format": 1, "recorded_by": "authrun 0.1.0"}
{"vendor": "acme", "address": "auth.acme.x", "time": "2026-03-01T08:00:00Z", "operation": "acquire", "config": {"user": "kim", "port": 8260}, "exchanges": [{"request": {"method": "GET", "path": "/"}, "answer": {"body": {"token": "<3 characters>"}}}], "life": "2h"}
{"vendor": "acme", "address": "auth.acme.x", "time": "2026-03-01T09:00:00Z", "operation": "acquire", "exchanges": [{"request": {"method": "GET"}, "lost": "unavailable"}], "class": "unavailable"}
{"vendor": "acme", "address": "auth.acme.x", "time": "2026-03-01T10:00:00Z", "operation": "renew", "exchanges": [], "class": "token_dead"}
{"vendor": "acme", "address": "auth.acme.x", "time": "2026-03-01T11:00:00Z", "operation": "renew", "exchanges": [], "unfinished": "canceled"}
{"vendor": "other", "address": "auth.other.x", "time": "2026-03-01T12:00:00Z", "operation": "acquire", "exchanges": []}
`

func TestReadRecord(t *testing.T) {
	s, err := Read([]byte(record), "acme")
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Good) != 1 || len(s.Refused) != 1 || len(s.Dead) != 1 || s.RecordedBy != "authrun 0.1.0" {
		t.Errorf("got %d good, %d refused, %d dead, recorded by %q", len(s.Good), len(s.Refused), len(s.Dead), s.RecordedBy)
	}
	good := s.Good[0]
	if good.Name != "acquire of auth.acme.x at 2026-03-01 08:00:00" || !good.Recorded() || good.Exchanges[0].Answer.Body != `{"token": "<3 characters>"}` {
		t.Errorf("got %+v", good)
	}
	if s.Config["user"] != "kim" || s.Refused[0].Exchanges[0].Lost != sdk.Unavailable {
		t.Errorf("config %v, refused %+v", s.Config, s.Refused)
	}
	if s, err := Read([]byte(record), "third"); err != nil || len(s.Good)+len(s.Refused)+len(s.Dead) != 0 {
		t.Errorf("of another vendor: %+v, %v", s, err)
	}
}

func TestReadMistakes(t *testing.T) {
	for text, want := range map[string]string{
		``:                                   "it is empty",
		`[]`:                                 "line 1: array cannot be the value of the whole",
		`{"good": []}`:                       `it does not say its form: begin it with {"format": 1`,
		`{"format": 2, "new": true}`:         "it is of form 2, and this authrun reads 1: use the authrun that fits it",
		"{\"format\": 1,\n\"god\": []}":      `line 2: json: unknown field "god"`,
		"{\"format\": 1,\n\"good\": {}}":     "line 2: object cannot be the value of good",
		"{\"format\": 1,\n\n\"good\" []}":    "line 3: invalid character '[' after object key",
		`{"format": 1, "good": [`:            "it is cut short",
		record[:len(record)-30]:              "it is cut short",
		"{\"format\": 1}\n{\"vendor\": 1}\n": "line 2: number cannot be the value of vendor",
	} {
		_, err := Read([]byte(text), "acme")
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s\ngot  %v\nwant %s", text, err, want)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(record))
	f.Add([]byte(`{"format": 1, "config": {"a": "<2 digits>"}, "good": [{"exchanges": []}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := Read(text, "acme")
		if err == nil && s.Format != Format {
			t.Errorf("read a script of form %d", s.Format)
		}
		s.Filled()
	})
}
