package eval

import (
	"fmt"
	"strings"
	"testing"
)

func TestArgumentRange(t *testing.T) {
	s := load(t, `
auth "pbx" "hq" {
  base_url = "http://pbx.example"
  password = "p"
  listener {
    port = 1
  }
  dynamic "listener" {
    for_each = [2]
    content {
      port = listener.value
      pin  = "x"
    }
  }
}
auth "cloud" "im" {
  for_each      = toset(["a"])
  client_id     = each.key
  client_secret = "s"
}
`, Inputs{})
	for _, c := range []struct{ addr, path, want string }{
		{"auth.pbx.hq", "base_url", "3: \"http://pbx.example\""},
		{"auth.pbx.hq", "listener 0 port", "6: 1"},
		{"auth.pbx.hq", "listener 1 port", "11: listener.value"},
		{"auth.pbx.hq", "listener 1 pin", "12: \"x\""},
		{"auth.pbx.hq", "listener 0 pin", "5: listener"},
		{"auth.pbx.hq", "listener 2 pin", "nowhere"},
		{"auth.pbx.hq", "listener x", "nowhere"},
		{"auth.pbx.hq", "certificate", "nowhere"},
		{"auth.pbx.hq", "", "nowhere"},
		{`auth.cloud.im["a"]`, "client_id", "18: each.key"},
	} {
		got := "nowhere"
		if r := s.ArgumentRange(find(t, s, c.addr), strings.Fields(c.path)); r != nil {
			got = fmt.Sprintf("%d: %s", r.Start.Line, r.SliceBytes(s.flow.Files[r.Filename].Bytes))
		}
		if got != c.want {
			t.Errorf("%s %s is at %s, want %s", c.addr, c.path, got, c.want)
		}
	}
}
