package eval

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/authrun/authrun/sdk"
	"github.com/google/go-cmp/cmp"
)

// plain makes JSON members readable in a comparison.
func plain(members map[string]json.RawMessage) map[string]string {
	texts := make(map[string]string, len(members))
	for name, value := range members {
		texts[name] = string(value)
	}
	return texts
}

func TestConfig(t *testing.T) {
	s := load(t, `
variable "secret" {
  default   = "s3cret-value"
  sensitive = true
}
auth "cloud" "im" {
  base_url      = "HTTPS://Cloud.Example:443/api/"
  client_id     = "id"
  client_secret = "pw-${var.secret}"
  ttl           = 9007199254740993
  unit          = "s"
  port          = null
  settle        = "1d"
  device        = env("DEVICE")
  tags          = { b = 1, a = true }
}
auth "pbx" "hq" {
  base_url     = "http://pbx.example"
  password_md5 = "e10adc39"
  listener {
    port = 1
    pin  = "pin-of-one"
  }
  dynamic "listener" {
    for_each = [2]
    content {
      port = listener.value
    }
  }
}
`, Inputs{Env: environment(map[string]string{"DEVICE": "device1"})})
	c, diags := s.Config(find(t, s, "auth.cloud.im"))
	if diags.HasErrors() || !c.Known {
		t.Fatal(diags, c.Known)
	}
	wantJSON := `{"base_url":"HTTPS://Cloud.Example:443/api/","client_id":"id","client_secret":"pw-s3cret-value","code":null,"code_hash":null,` +
		`"device":"device1","old":null,"port":443,"settle":"1d","tags":{"a":"true","b":"1"},"ttl":"9007199254740993","unit":"s"}`
	if diff := cmp.Diff(wantJSON, string(c.JSON)); diff != "" {
		t.Error("JSON:", diff)
	}
	wantSet := map[string]string{"base_url": `"https://cloud.example/api"`, "client_id": `"id"`, "client_secret": `"pw-s3cret-value"`,
		"ttl": `"9007199254740993"`, "device": `"device1"`, "tags": `{"a":"true","b":"1"}`}
	if diff := cmp.Diff(wantSet, plain(c.Set)); diff != "" {
		t.Error("Set:", diff)
	}
	if diff := cmp.Diff(map[string]string{"base_url": `"https://cloud.example/api"`, "client_id": `"id"`}, plain(c.Account)); diff != "" {
		t.Error("Account:", diff)
	}
	if diff := cmp.Diff(map[string]string{"client_secret": `"pw-s3cret-value"`, "device": `"device1"`}, plain(c.Sensitive)); diff != "" {
		t.Error("Sensitive:", diff)
	}
	if diff := cmp.Diff([]string{"device1", "pw-s3cret-value"}, c.Secrets); diff != "" {
		t.Error("Secrets:", diff)
	}
	if diff := cmp.Diff([]string{"HTTPS://Cloud.Example:443/api/"}, c.Endpoints); diff != "" {
		t.Error("Endpoints:", diff)
	}

	c, diags = s.Config(find(t, s, "auth.pbx.hq"))
	if diags.HasErrors() || !c.Known {
		t.Fatal(diags, c.Known)
	}
	wantJSON = `{"base_url":"http://pbx.example","certificate":null,"key":null,"listener":[{"pin":"pin-of-one","port":1},{"pin":null,"port":2}],` +
		`"password":null,"password_md5":"e10adc39"}`
	if diff := cmp.Diff(wantJSON, string(c.JSON)); diff != "" {
		t.Error("JSON:", diff)
	}
	if got := string(c.Set["listener"]); got != `[{"pin":"pin-of-one","port":1},{"port":2}]` {
		t.Error("Set of the nested blocks:", got)
	}
	if diff := cmp.Diff([]string{"e10adc39", "pin-of-one"}, c.Secrets); diff != "" {
		t.Error("Secrets:", diff)
	}
}

// What comes from a sensitive attribute of another block is no part of the fingerprint; what comes from an insensitive one is.
func TestConfigOfDependent(t *testing.T) {
	s := load(t, `
locals {
  first = auth.cloud.first
}
auth "cloud" "first" {
  client_id     = "a"
  client_secret = "s"
}
auth "cloud" "second" {
  client_id     = local.first.application
  client_secret = nonsensitive(local.first.token)
  code          = sha256(auth.cloud.first.access_token)
}
`, Inputs{})
	second := find(t, s, "auth.cloud.second")
	c, diags := s.Config(second)
	if diags.HasErrors() || c.Known || c.JSON != nil {
		t.Fatalf("before the first is known: %v, known %v, %s", diags, c.Known, c.JSON)
	}
	if _, ok := c.Account["client_id"]; ok {
		t.Error("the account holds an argument that is not known")
	}
	if diff := cmp.Diff([]string{"client_id"}, c.Unknown); diff != "" {
		t.Error("Unknown, the volatile ones left out:", diff)
	}
	value := raw(`{"token":"t0ken-1","access_token":"t0ken-1","expires_in":60,"application":"app","unknown":1,"refresh":"hidden"}`)
	if err := s.SetCredential(find(t, s, "auth.cloud.first").Addr, value, now.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	c, diags = s.Config(second)
	if diags.HasErrors() || !c.Known {
		t.Fatal(diags, c.Known)
	}
	if diff := cmp.Diff([]string{"client_id"}, slices.Sorted(maps.Keys(c.Set))); diff != "" {
		t.Error("Set:", diff)
	}
	if !strings.Contains(string(c.JSON), `"client_secret":"t0ken-1"`) {
		t.Errorf("JSON: %s", c.JSON)
	}
	if !slices.Contains(c.Secrets, "t0ken-1") {
		t.Errorf("what nonsensitive() gives to a sensitive argument is still a secret: %q", c.Secrets)
	}
	// A renewed credential reaches what refers to it.
	if err := s.SetCredential(find(t, s, "auth.cloud.first").Addr, raw(`{"token":"t0ken-2","access_token":"t0ken-2","application":"app"}`), time.Time{}); err != nil {
		t.Fatal(err)
	}
	if c, _ = s.Config(second); !strings.Contains(string(c.JSON), `"client_secret":"t0ken-2"`) {
		t.Errorf("after the renewal: %s", c.JSON)
	}
}

func TestTuning(t *testing.T) {
	s := load(t, `
authrun {
  retry {
    attempts = 2
  }
  network {
    timeout = "3s"
    proxy   = "http://proxy.example:3128"
    ca_file = "all.pem"
  }
}
auth "cloud" "plain" {
  client_id     = "a"
  client_secret = "s"
}
auth "cloud" "own" {
  client_id     = "a"
  client_secret = "s"
  lifecycle {
    renew_before = "20%"
  }
  retry {
    min_delay = "1s"
    max_delay = "1d"
  }
  network {
    proxy      = "none"
    ca_file    = "own.pem"
    pin_sha256 = "AA:bb:cc:dd:00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff:00:11:22:33:44:55:66:77:88:99:aa:bb"
  }
  limit "monthly" {
    count = 8
  }
}
`, Inputs{})
	plain, diags := s.Config(find(t, s, "auth.cloud.plain"))
	own, more := s.Config(find(t, s, "auth.cloud.own"))
	if diags = append(diags, more...); diags.HasErrors() {
		t.Fatal(diags)
	}
	dir := s.flow.Dir
	for _, c := range []struct {
		name      string
		want, got any
	}{
		{"plain retry", Retry{Attempts: 2, AttemptsSet: true, MinDelay: 500 * time.Millisecond, MaxDelay: 10 * time.Second}, plain.Retry},
		{"plain network", Network{Timeout: 3 * time.Second, Proxy: "http://proxy.example:3128", CAFile: dir + "/all.pem"}, plain.Network},
		{"plain renewal", RenewBefore{}, plain.RenewBefore},
		{"own retry", Retry{Attempts: 2, AttemptsSet: true, MinDelay: time.Second, MaxDelay: 24 * time.Hour}, own.Retry},
		{"own network", Network{Timeout: 3 * time.Second, Proxy: "none", CAFile: dir + "/own.pem",
			PinSHA256: "aabbccdd00112233445566778899aabbccddeeff00112233445566778899aabb"}, own.Network},
		{"own renewal", RenewBefore{Set: true, Percent: 20}, own.RenewBefore},
		{"plain limits", []sdk.Limit{{Name: "monthly", Quota: &sdk.Quota{Count: 10, Per: sdk.CalendarMonth}}}, plain.Limits},
		{"own limits", []sdk.Limit{{Name: "monthly", Quota: &sdk.Quota{Count: 8, Per: sdk.CalendarMonth}}}, own.Limits},
	} {
		if diff := cmp.Diff(c.want, c.got); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

func TestNormalURL(t *testing.T) {
	for in, want := range map[string]string{
		"http://Example.COM":            "http://example.com",
		"https://example.com:443/":      "https://example.com",
		"http://example.com:443/a//":    "http://example.com:443/a",
		"http://example.com:80/A":       "http://example.com/A",
		"HTTP://[::1]:80/x":             "http://[::1]/x",
		"http://[::1]:81":               "http://[::1]:81",
		"https://example.com/a%2Fb/?x=": "https://example.com/a%2Fb?x=",
	} {
		if got := normalURL(in); got != want {
			t.Errorf("normalURL(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestDescribeRefusesNonsense(t *testing.T) {
	for name, change := range map[string]func(string) string{
		"type":      func(d string) string { return strings.Replace(d, `"type":"number"`, `"type":"nmber"`, 1) },
		"default":   func(d string) string { return strings.Replace(d, `"default":443`, `"default":"x"`, 1) },
		"match":     func(d string) string { return strings.Replace(d, `[A-Za-z0-9]+`, `[`, 1) },
		"attribute": func(d string) string { return strings.Replace(d, `"application"`, `"token"`, 1) },
	} {
		t.Run(name, func(t *testing.T) {
			description := vendors()["cloud"]
			whole, err := json.Marshal(description)
			if err != nil {
				t.Fatal(err)
			}
			changed := change(string(whole))
			if changed == string(whole) {
				t.Fatal("the case changes nothing")
			}
			if err := json.Unmarshal([]byte(changed), &description); err != nil {
				t.Fatal(err)
			}
			s := load(t, "", Inputs{})
			if err := s.Describe("other", description); err == nil {
				t.Error("accepted")
			}
		})
	}
}
