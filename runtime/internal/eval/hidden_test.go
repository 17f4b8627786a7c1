package eval

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSensitiveRanges(t *testing.T) {
	s := load(t, `
variable "secret" {
  default   = "in-default"
  sensitive = true
}
locals {
  pw     = "in-local"
  region = "not-hidden"
}
auth "cloud" "im" {
  client_id     = "not-hidden"
  client_secret = "in-template-${var.secret}-end"
  code          = local.pw
  device        = sensitive("in-call")
}
auth "pbx" "hq" {
  base_url = "http://${local.region}.example"
  password = env("NAME", "in-env")
  listener {
    port = 1
    pin  = "in-nested"
  }
}
`, Inputs{Vars: []string{"secret=from-option"}})
	var got []string
	for _, r := range s.SensitiveRanges() {
		got = append(got, s.flow.Text(r))
	}
	want := []string{"in-default", "in-template-", "-end", "in-local", "in-call", "in-env", "in-nested"}
	if diff := cmp.Diff(want, got, sortStrings); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"from-option"}, s.Secrets()); diff != "" {
		t.Error(diff)
	}
}

var sortStrings = cmp.Transformer("sort", func(in []string) map[string]int {
	counts := make(map[string]int)
	for _, text := range in {
		counts[text]++
	}
	return counts
})
