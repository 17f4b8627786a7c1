package httpvendor_test

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"hash"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authrun/authrun/sdk"
)

func hmacOf(newHash func() hash.Hash, key, text string) []byte {
	h := hmac.New(newHash, []byte(key))
	h.Write([]byte(text))
	return h.Sum(nil)
}

func md5Of(text string) string {
	sum := md5.Sum([]byte(text))
	return hex.EncodeToString(sum[:])
}

func TestRequest(t *testing.T) {
	const good = `{"token":"t-0123456789"}`
	tests := []struct {
		name                 string
		change               args
		method, url          string // "": as usual
		contentType, header  string // of X
		body                 string
		learned              []string // must be among what the host learns
		notLearned, wantFail string
	}{
		{name: "JSON", body: `{"id":"alice","key":"SECRET-key"}`, contentType: "application/json"},
		{name: "JSON keeps its form", change: args{"acquire": args{"json": `{ "b": "{{{id}}}", "a": [1, true, "{n|number}", "<{id|upper}>"], "{id}": null }`},
			"values": args{"n": "7.5"}}, body: `{ "b": "{alice}", "a": [1, true, 7.5, "<ALICE>"], "{id}": null }`},
		{name: "JSON escapes", change: args{"secrets": args{"key": "a\"b\\c\n"}}, body: `{"id":"alice","key":"a\"b\\c\n"}`},
		{name: "a number that is none", change: args{"acquire": args{"json": `{"a":"{id|number}"}`}}, wantFail: "invalid_request: the value of {id} is no number"},
		{name: "values are no templates", change: args{"account": args{"id": "{key}{{"}}, body: `{"id":"{key}{{","key":"SECRET-key"}`},
		{name: "form", change: args{"acquire": args{"json": nil, "form": args{"z": "{id}", "a": "x y&=", "m": "{key}"}, "order": []string{"z", "m"}}},
			body: "z=alice&m=SECRET-key&a=x+y%26%3D", contentType: "application/x-www-form-urlencoded"},
		{name: "XML", change: args{"acquire": args{"json": nil, "xml": `<x a="{id}"><k>{key}</k></x>`}, "account": args{"id": `<"&>`}},
			body:        `<?xml version="1.0" encoding="UTF-8"?>` + "\n" + `<x a="&lt;&#34;&amp;&gt;"><k>SECRET-key</k></x>`,
			contentType: "application/xml; charset=utf-8"},
		{name: "raw", change: args{"acquire": args{"json": nil, "raw": "{id}:{key|base64}", "content_type": "text/x"}},
			body: "alice:U0VDUkVULWtleQ==", contentType: "text/x", learned: []string{"U0VDUkVULWtleQ=="}},
		{name: "GET", change: args{"acquire": args{"json": nil, "method": "GET", "path": nil, "query": args{"b": "{id}", "a": "{now:unix}"}}},
			method: "GET", url: "https://vendor.example/api?a=1772366400&b=alice"},
		{name: "path", change: args{"acquire": args{"path": "/{id}/x{id}"}, "account": args{"id": "a/b c"}}, url: "https://vendor.example/api/a%2Fb%20c/xa%2Fb%20c"},
		{name: "an empty part", change: args{"acquire": args{"path": "/{id}/x"}, "account": args{"id": ""}},
			wantFail: "invalid_request: the value of {id} is empty, and it is a part of the path"},
		{name: "times", change: args{"zone": "Asia/Shanghai", "acquire": args{"headers": args{
			"X": "{now:unix_ms} {now:yyyyMMddHHmmss} {now:yyyy-MM-dd HH:mm:ss.SSS} {now:rfc3339} {now:http}"}}},
			header: "1772366400005 20260301200000 2026-03-01 20:00:00.005 2026-03-01T20:00:00+08:00 Sun, 01 Mar 2026 12:00:00 GMT"},
		{name: "chance", change: args{"acquire": args{"headers": args{"X": "{nonce} {nonce} {uuid}"}}},
			header: strings.Repeat("0", 32) + " " + strings.Repeat("0", 32) + " 00000000-0000-4000-8000-000000000000"},
		{name: "two lines in a header", change: args{"acquire": args{"headers": args{"X": "{key}"}}, "secrets": args{"key": "a\r\nY: b"}},
			wantFail: "invalid_request: the header X would hold more than one line"},
		{name: "Basic", change: args{"compute": []args{{"name": "basic", "from": "{id}:{key}", "as": "base64"}}, "acquire": args{"headers": args{"X": "Basic {basic}"}}},
			header: "Basic " + base64.StdEncoding.EncodeToString([]byte("alice:SECRET-key")), learned: []string{base64.StdEncoding.EncodeToString([]byte("alice:SECRET-key"))}},
		{name: "HMAC over the body", change: args{"compute": []args{{"name": "sign", "from": "{now:unix}\n{body}", "by": "hmac_sha256", "key": "{key}", "as": "base64"}},
			"acquire": args{"headers": args{"X": "{sign}"}}},
			header: base64.StdEncoding.EncodeToString(hmacOf(sha256.New, "SECRET-key", "1772366400\n"+`{"id":"alice","key":"SECRET-key"}`))},
		{name: "one computed of another", change: args{"compute": []args{{"name": "inner", "from": "{key}", "by": "md5"},
			{"name": "sign", "from": "{inner}{nonce}", "by": "hmac_sha1", "key": "{inner|upper}", "as": "HEX"}},
			"acquire": args{"query": args{"sign": "{sign}", "nonce": "{nonce}"}}},
			url: "https://vendor.example/api/token?nonce=" + strings.Repeat("0", 32) + "&sign=" +
				strings.ToUpper(hex.EncodeToString(hmacOf(sha1.New, strings.ToUpper(md5Of("SECRET-key")), md5Of("SECRET-key")+strings.Repeat("0", 32)))),
			learned: []string{md5Of("SECRET-key"), strings.ToUpper(md5Of("SECRET-key"))}},
		{name: "filters of what is open", change: args{"acquire": args{"headers": args{"X": "{id|upper|md5} {id|hex} {id|url}"}}},
			header: md5Of("ALICE") + " 616c696365 alice", notLearned: md5Of("ALICE")},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			v := &vendor{body: good}
			_, learned, err := perform(t, v, sdk.OpAcquire, over(plain, test.change))
			if test.wantFail != "" {
				if err == nil || err.Error() != test.wantFail || v.asked != nil {
					t.Errorf("got %v, want %s", err, test.wantFail)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range []struct{ what, got, want, usual string }{
				{"method", v.asked.Method, test.method, "POST"},
				{"URL", v.asked.URL.String(), test.url, "https://vendor.example/api/token"},
				{"type", v.asked.Header.Get("Content-Type"), test.contentType, v.asked.Header.Get("Content-Type")},
				{"X", v.asked.Header.Get("X"), test.header, ""},
				{"body", v.sent, test.body, v.sent},
			} {
				if c.want == "" {
					c.want = c.usual
				}
				if diff := cmp.Diff(c.want, c.got); diff != "" {
					t.Errorf("%s (-want +got): %s", c.what, diff)
				}
			}
			for _, secret := range test.learned {
				if !slices.Contains(learned, secret) {
					t.Errorf("the host does not learn %q: %q", secret, learned)
				}
			}
			if slices.Contains(learned, test.notLearned) {
				t.Errorf("the host learns what is no secret: %q", learned)
			}
		})
	}
}

func TestMultipart(t *testing.T) {
	v := &vendor{body: `{"token":"t"}`}
	_, _, err := perform(t, v, sdk.OpAcquire, over(plain, args{"acquire": args{"json": nil, "multipart": args{"id": "{id}", "key": "{key}"}}}))
	if err != nil {
		t.Fatal(err)
	}
	v.asked.Body = nil
	if kind := v.asked.Header.Get("Content-Type"); !strings.HasPrefix(kind, "multipart/form-data; boundary=") || !strings.Contains(v.sent, `name="key"`+"\r\n\r\nSECRET-key\r\n") {
		t.Errorf("%s: %s", kind, v.sent)
	}
}
