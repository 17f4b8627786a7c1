package fakevendor

import "testing"

func TestMembers(t *testing.T) {
	for body, want := range map[string]string{
		`{"a": 1, "b": {"c": [2]}}`: "",
		`{}`:                        "",
		``:                          "the body is not a JSON object",
		`[1]`:                       "the body is not a JSON object",
		`{"a": 1`:                   "the body is not JSON",
		`{"a": }`:                   "the body is not JSON",
		`{"a" 1}`:                   "the body is not JSON",
		`{a: 1}`:                    "the body is not JSON",
		`{"a": 1, "a": 2}`:          "the field a is there twice",
		`{"a": 1} x`:                "something follows the JSON object",
	} {
		members, err := Members([]byte(body))
		if got := ""; err != nil {
			if got = err.Error(); got != want {
				t.Errorf("%s: %s, want %s", body, got, want)
			}
		} else if want != "" {
			t.Errorf("%s: got %s, want an error", body, members)
		}
	}
	members, err := Members([]byte(`{"a": 1, "b": {"c": [2]}}`))
	if err != nil || string(members["a"]) != "1" || string(members["b"]) != `{"c": [2]}` {
		t.Errorf("got %s, %v", members, err)
	}
}
