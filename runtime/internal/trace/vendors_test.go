package trace_test

import (
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/authrun/authrun/plugins/easemob"
	easemobfake "github.com/authrun/authrun/plugins/easemob/fake"
	"github.com/authrun/authrun/plugins/ekuaibao"
	ekuaibaofake "github.com/authrun/authrun/plugins/ekuaibao/fake"
	"github.com/authrun/authrun/plugins/ippbx"
	ippbxfake "github.com/authrun/authrun/plugins/ippbx/fake"
	"github.com/authrun/authrun/plugins/lingju"
	lingjufake "github.com/authrun/authrun/plugins/lingju/fake"
	"github.com/authrun/authrun/plugins/sipauth"
	sipauthfake "github.com/authrun/authrun/plugins/sipauth/fake"
	"github.com/authrun/authrun/runtime/internal/exchange"
	"github.com/authrun/authrun/runtime/internal/redact"
	"github.com/authrun/authrun/runtime/internal/trace"
	"github.com/authrun/authrun/sdk"
	"github.com/authrun/authrun/sdk/sdktest/fakevendor"
	"github.com/authrun/authrun/sdk/sdktest/script"
)

// now is the clock of vendors and host.
var now = time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)

func clock() time.Time { return now }

// server is what the fakes of all vendors can do.
type server interface {
	http.Handler
	Misbehave(fakevendor.Misbehaviour)
	Odd(...fakevendor.Oddity)
	Refuse(string)
}

// world is a vendor with secrets of its own: its plugin, its server, and the arguments of a block.
type world struct {
	plugin  interface{ Plugin() (sdk.Plugin, error) }
	server  server
	config  map[string]any
	secrets []string
	odd     []fakevendor.Oddity
	refusal string
}

// worlds makes the five vendors with random secrets.
func worlds(r *rand.Rand) map[string]world {
	a, b := secret(r), secret(r)
	return map[string]world{
		"sipauth": {plugin: sipauth.Vendor, secrets: []string{a}, refusal: "1003",
			server: sipauthfake.New(sipauthfake.Options{Now: clock, Account: sipauthfake.Account{AppID: "id-1", AccessKey: a}}),
			config: map[string]any{"base_url": "http://vendor.example/", "appid": "id-1", "accesskey": a, "encoding": "multipart"},
			odd:    []fakevendor.Oddity{"", sipauthfake.DataAsText, sipauthfake.TokenNull, sipauthfake.TrailingComma, sipauthfake.UnknownFields}},
		"easemob": {plugin: easemob.Vendor, secrets: []string{a}, refusal: "invalid_grant",
			server: easemobfake.New(easemobfake.Options{Now: clock, Account: easemobfake.Account{OrgName: "org", AppName: "app", ClientID: "id-1", ClientSecret: a}}),
			config: map[string]any{"base_url": "http://vendor.example", "org_name": "org", "app_name": "app", "client_id": "id-1", "client_secret": a, "ttl_unit": "s"},
			odd:    []fakevendor.Oddity{"", easemobfake.TokenNumber, easemobfake.ExpiresHuge, easemobfake.ByteOrderMark}},
		"ippbx": {plugin: ippbx.Vendor, secrets: []string{a}, refusal: "30003",
			server: ippbxfake.New(ippbxfake.Options{Now: clock, Account: ippbxfake.Account{Username: "api", Password: a}}),
			config: map[string]any{"base_url": "http://vendor.example", "api_version": "v0.0.1", "format": []string{"json", "xml"}[r.IntN(2)],
				"username": "api", "password": a, "port": 8260, "ipaddr": "10.0.0.7"},
			odd: []fakevendor.Oddity{"", ippbxfake.TokenNumber, ippbxfake.LatinXML, ippbxfake.StatusUnknown}},
		"ekuaibao": {plugin: ekuaibao.Vendor, secrets: []string{a}, refusal: "403",
			server: ekuaibaofake.New(ekuaibaofake.Options{Now: clock, Account: ekuaibaofake.Account{AppKey: "key-1", AppSecurity: a}}),
			config: map[string]any{"base_url": "http://vendor.example", "app_key": "key-1", "app_security": a, "power_code": "219904", "settle": "0s"},
			odd:    []fakevendor.Oddity{"", ekuaibaofake.ValueAsText, ekuaibaofake.TokenEmpty, ekuaibaofake.UnknownFields}},
		"lingju": {plugin: lingju.Vendor, secrets: []string{a, b}, refusal: "11",
			server: lingjufake.New(lingjufake.Options{Now: clock, Account: lingjufake.Account{AppKey: a, AuthCode: b}}),
			config: map[string]any{"base_url": "http://vendor.example", "appkey": a, "authcode": b, "userid": "001A2B3C4D5E", "method": []string{"GET", "POST"}[r.IntN(2)]},
			odd:    []fakevendor.Oddity{"", lingjufake.DataAsText, lingjufake.ByTheTable, lingjufake.ControlWords}},
	}
}

// secret is a text that vendors and users make secrets of.
func secret(r *rand.Rand) string {
	alphabets := []string{"abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789", "0123456789abcdef", "0123456789", "aB3+/=&%?#\"'<>\\ é中{}[]:,;"}
	alphabet := []rune(alphabets[r.IntN(len(alphabets))])
	text := []rune{'s'}
	for range 8 + r.IntN(30) {
		text = append(text, alphabet[r.IntN(len(alphabet))])
	}
	if alphabet[0] == '0' {
		text = text[1:]
	}
	return strings.TrimSpace(string(text)) + "x7Q"[:r.IntN(2)*3]
}

// straight is a network of one server, without connections.
type straight struct{ server http.Handler }

// RoundTrip has the server answer.
func (s straight) RoundTrip(req *http.Request) (resp *http.Response, err error) {
	defer func() {
		if recover() != nil { // a reset
			err = &sdk.Failure{Class: sdk.Unavailable, Text: "connection reset", Sent: true}
		}
	}()
	in := req.Clone(req.Context())
	if in.Body == nil {
		in.Body = http.NoBody
	}
	in.RemoteAddr = "127.0.0.1:9"
	out := httptest.NewRecorder()
	s.server.ServeHTTP(out, in)
	return out.Result(), nil
}

// run does one operation as the runtime does, and gives its line of a trace, and all that is secret in it.
func (w world) run(t *testing.T, op sdk.Operation, held *sdk.Held) (line []byte, secrets []string, r sdk.Result) {
	t.Helper()
	plugin, err := w.plugin.Plugin()
	if err != nil {
		t.Fatal(err)
	}
	d, err := plugin.Describe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	config, err := json.Marshal(w.config)
	if err != nil {
		t.Fatal(err)
	}
	known := redact.New()
	secrets = slices.Clone(w.secrets)
	witness := exchange.NewWitness(straight{w.server}, clock)
	r, err = plugin.Run(t.Context(), sdk.Run{Operation: op, Config: config, Held: held, Transport: witness, Now: clock,
		Learn: func(s string) { secrets = append(secrets, s) }})
	for _, raw := range []json.RawMessage{r.Value, r.Private, valueOf(held)} {
		secrets = append(secrets, secretsOf(raw, d.Credential)...)
	}
	known.Add(secrets...)
	o := trace.Operation{Address: "auth." + d.Vendor + ".x", Schema: d, Operation: op, Config: config, Held: held, Began: now,
		Exchanges: witness.Seen(), Result: r, Secret: func(text string) bool { return known.String(text) != text }}
	if err != nil {
		var f *sdk.Failure
		if !errors.As(err, &f) {
			t.Fatal(err)
		}
		o.Failure = f
	}
	return o.Line(), secrets, r
}

func valueOf(h *sdk.Held) json.RawMessage {
	if h == nil {
		return nil
	}
	return h.Value
}

// secretsOf are the secrets of a credential.
func secretsOf(raw json.RawMessage, schema sdk.Block) (found []string) {
	var members map[string]any
	_ = json.Unmarshal(raw, &members) // none, where there is none
	for name, value := range members {
		if a, known := schema.Attribute(name); name == "token" || !known || a.Sensitive || a.Private {
			found = append(found, fmt.Sprint(value))
		}
	}
	return found
}

// forms are the texts in which a secret may leak.
func forms(secret string) []string {
	sum := md5.Sum([]byte(secret))
	quoted, _ := json.Marshal(secret) // a text always can be
	return []string{secret, url.QueryEscape(secret), url.PathEscape(secret), strings.Trim(string(quoted), `"`), hex.EncodeToString(sum[:]),
		hex.EncodeToString([]byte(secret)), base64.StdEncoding.EncodeToString([]byte(secret)), base64.RawURLEncoding.EncodeToString([]byte(secret))}
}

// misbehaviours are answers that quote what is secret in every way.
func misbehaviours(secrets []string, r *rand.Rand) []*fakevendor.Misbehaviour {
	token := "unlearned-" + secret(r)
	echo := strings.Join(secrets, " ") + " " + token
	quoted, _ := json.Marshal(echo)
	return []*fakevendor.Misbehaviour{
		nil,
		{Status: 500, Body: "<html>" + echo},
		{Status: 201, Body: `{"access_token":` + string(quoted) + `,"n":1}`},
		{Status: 400, Body: `{"error":"invalid_grant","error_description":` + string(quoted) + `}`},
		{Status: 302, Header: http.Header{"Location": {"/x?token=" + url.QueryEscape(token)}, "Set-Cookie": {"session=" + url.QueryEscape(echo) + "; Path=/"}}},
		{Status: 429, Header: http.Header{"Retry-After": {"17"}, "X-" + hex.EncodeToString([]byte(token))[:24]: {echo}}},
		{Status: 200, Body: `{` + string(quoted) + `: 1, "list": [` + string(quoted) + `]}`},
		{Status: 200, Body: "<xml><status>Failed</status><token>" + url.QueryEscape(echo) + `</token><a b="` + url.QueryEscape(echo) + `"/></xml>`},
		{Reset: true},
	}
}

// The property: whatever a vendor answers, no argument that is sensitive, no token, nothing that is held, learned or derived appears in a trace.
func TestNoSecretIsTraced(t *testing.T) {
	r := rand.New(rand.NewPCG(1, uint64(len(t.Name()))))
	lines := 0
	for range 5 {
		for vendor, w := range worlds(r) {
			for _, odd := range w.odd {
				w.server.Odd(odd)
				for _, refusal := range []string{"", w.refusal} {
					w.server.Refuse(refusal)
					lines += w.examine(t, vendor, r)
				}
			}
		}
	}
	if lines < 1000 {
		t.Errorf("only %d lines were looked at", lines)
	}
}

// examine runs every operation with every misbehaviour, and gives the number of lines.
func (w world) examine(t *testing.T, vendor string, r *rand.Rand) (lines int) {
	var held *sdk.Held
	for i, m := range misbehaviours(w.secrets, r) {
		for _, op := range []sdk.Operation{sdk.OpAcquire, sdk.OpRenew, sdk.OpRevoke} {
			if op != sdk.OpAcquire && held == nil {
				continue
			}
			given := held
			if op == sdk.OpAcquire {
				given = nil
			}
			if m != nil {
				once := *m
				once.Times = 1
				w.server.Misbehave(once)
			}
			line, secrets, result := w.run(t, op, given)
			lines++
			for _, secret := range secrets {
				for _, form := range forms(secret) {
					if len(secret) >= redact.Shortest && strings.Contains(string(line), form) {
						t.Errorf("%s, %s, misbehaviour %d: %q (as %q) is in\n%s", vendor, op, i, secret, form, line)
					}
				}
			}
			if strings.Contains(string(line), "unlearned") {
				t.Errorf("%s, %s, misbehaviour %d: a token that nobody learned is in\n%s", vendor, op, i, line)
			}
			text := append(trace.Head("test"), line...)
			if _, err := script.Read(text, vendor); err != nil {
				t.Errorf("%s, %s: the line cannot be read: %v\n%s", vendor, op, err, line)
			}
			if op == sdk.OpAcquire && result.Value != nil {
				held = &sdk.Held{Value: result.Value, Private: result.Private}
			}
		}
	}
	return lines
}
