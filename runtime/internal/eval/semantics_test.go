package eval

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/authrun/authrun/sdk"
)

func TestWhatAFlowSaysOfTokensAndLimits(t *testing.T) {
	s := load(t, `
auth "open" "plain" {
  base_url = "https://open.example"
  account  = { id = "a" }
}
auth "open" "full" {
  base_url     = "https://open.example"
  account      = { id = "a" }
  second       = "same"
  fresh_within = "5m"
  slides       = true
  use {
    in    = "query"
    name  = "access_token"
    value = "{token}"
  }
  dead {
    status = 401
  }
  dead {
    pointer = "/errno"
    one_of  = ["7", 8]
  }
  limit "daily" {
    quota {
      count = 3
      per   = "day"
      zone  = "Asia/Shanghai"
    }
    scope  = ["account.id"]
    counts = ["acquire", "renew"]
  }
  limit "rolling" {
    quota {
      count = 100
      per   = "1d"
    }
  }
  limit "lockout" {
    lockout {
      refusals = 5
      hold     = "10m"
    }
  }
}
`, Inputs{})
	plain, diags := s.Config(find(t, s, "auth.open.plain"))
	full, more := s.Config(find(t, s, "auth.open.full"))
	if diags = append(diags, more...); diags.HasErrors() {
		t.Fatal(diags)
	}
	from := vendors()["open"].Token.From
	account := []string{"base_url", "account"}
	for _, c := range []struct {
		name      string
		want, got any
	}{
		{"plain token", vendors()["open"].Token, plain.Token},
		{"plain limits", []sdk.Limit(nil), plain.Limits},
		{"token", sdk.Token{From: from, Second: sdk.SameToken, FreshWithin: 5 * time.Minute, Sliding: true,
			Use:  []sdk.Placement{{In: sdk.InQuery, Name: "access_token", Value: "{token}"}},
			Dead: []sdk.Evidence{{Status: 401}, {Pointer: "/errno", OneOf: []string{"7", "8"}}}}, full.Token},
		{"limits", []sdk.Limit{
			{Name: "daily", Scope: []string{"account.id"}, Counts: []sdk.Operation{sdk.OpAcquire, sdk.OpRenew},
				Quota: &sdk.Quota{Count: 3, Per: sdk.CalendarDay, Zone: "Asia/Shanghai"}},
			{Name: "rolling", Scope: account, Quota: &sdk.Quota{Count: 100, Sliding: 24 * time.Hour}},
			{Name: "lockout", Scope: account, Lockout: &sdk.Lockout{Refusals: 5, Hold: 10 * time.Minute}},
		}, full.Limits},
		{"what the fingerprint is made of", plain.Set, full.Set},
	} {
		if diff := cmp.Diff(c.want, c.got); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

// A limit that is not known yet must not be overlooked: nothing is sent before it is.
func TestALimitThatIsNotKnown(t *testing.T) {
	s := load(t, `
auth "cloud" "first" {
  client_id     = "a"
  client_secret = "s"
}
auth "cloud" "then" {
  client_id     = "b"
  client_secret = "s"
  limit "monthly" {
    count = auth.cloud.first.expires_in
  }
}
`, Inputs{})
	c, diags := s.Config(find(t, s, "auth.cloud.then"))
	if diags.HasErrors() || c.Known || c.JSON != nil {
		t.Fatal(diags, c.Known)
	}
	first := find(t, s, "auth.cloud.first")
	if err := s.SetCredential(first.Addr, raw(`{"token": "t", "expires_in": 4}`), now); err != nil {
		t.Fatal(err)
	}
	c, diags = s.Config(find(t, s, "auth.cloud.then"))
	if diags.HasErrors() || !c.Known || c.Limits[0].Quota.Count != 4 || vendors()["cloud"].Limits[0].Quota.Count != 10 {
		t.Fatal(diags, c)
	}
}
