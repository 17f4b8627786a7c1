package script

import (
	"encoding/json"
	"testing"
)

func TestBodyAsJSON(t *testing.T) {
	for in, want := range map[string]Body{
		`{"body": "text {}"}`:          "text {}",
		`{"body": {"code": [0, "1"]}}`: `{"code": [0, "1"]}`,
		`{"body": [1]}`:                "[1]",
		`{"body": 12}`:                 "12",
		`{}`:                           "",
	} {
		var got Answer
		if err := json.Unmarshal([]byte(in), &got); err != nil || got.Body != want {
			t.Errorf("%s: got %q, %v; want %q", in, got.Body, err, want)
		}
	}
}
