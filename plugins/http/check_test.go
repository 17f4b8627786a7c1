package httpvendor_test

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"

	httpvendor "github.com/authrun/authrun/plugins/http"
)

// args are arguments of an auth block.
type args = map[string]any

// over is a configuration with others put over it, block by block.
func over(base args, others ...args) args {
	all := maps.Clone(base)
	for _, other := range others {
		for name, value := range other {
			inner, nested := value.(args)
			if outer, there := all[name].(args); nested && there {
				value = over(outer, inner)
			}
			if all[name] = value; value == nil {
				delete(all, name)
			}
		}
	}
	return all
}

// plain is a configuration that is right.
var plain = args{
	"base_url": "https://vendor.example/api", "account": args{"id": "alice"}, "secrets": args{"key": "SECRET-key"},
	"acquire": args{"path": "/token", "json": `{"id":"{id}","key":"{key}"}`, "credential": args{"token_at": "/token", "life": "1h"}},
}

func encode(t *testing.T, v any) json.RawMessage {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// Everything that can be wrong is said before the vendor is asked, at its place, and without a value.
func TestCheck(t *testing.T) {
	acquire := func(a args) args { return args{"acquire": a} }
	credential := func(a args) args { return acquire(args{"credential": a}) }
	compute := func(list ...args) args { return args{"compute": list} }
	renew := args{"renew": args{"path": "/renew"}}
	tests := []struct {
		name   string
		change args
		want   []string // path: summary
	}{
		{"right", nil, nil},
		{"name of a value", args{"secrets": args{"a b": "SECRET"}}, []string{"secrets: Invalid name"}},
		{"name with a point", args{"values": args{"a.b": "v"}}, []string{"values: Invalid name"}},
		{"reserved name", args{"values": args{"nonce": "v"}}, []string{"values: Reserved name"}},
		{"one name twice", args{"values": args{"id": "v"}}, []string{"values: Duplicate name"}},
		{"computed name twice", compute(args{"name": "key", "from": "x"}), []string{"compute 0 name: Duplicate name"}},
		{"HMAC without key", compute(args{"name": "sign", "from": "{id}", "by": "hmac_md5"}), []string{"compute 0 by: Missing argument"}},
		{"key without HMAC", compute(args{"name": "sign", "from": "{id}", "by": "md5", "key": "{key}"}), []string{"compute 0 key: Contradicting arguments"}},
		{"a circle", compute(args{"name": "a", "from": "{b}"}, args{"name": "b", "from": "{a}"}), []string{"compute 0 from: Cycle", "compute 1 from: Cycle"}},
		{"zone", args{"zone": "Mars/Olympus"}, []string{"zone: Unknown time zone"}},
		{"fresh_within", args{"fresh_within": "1h"}, []string{"fresh_within: Contradicting arguments"}},
		{"overlap", args{"overlap": "1h"}, []string{"overlap: Contradicting arguments"}},
		{"both right", args{"fresh_within": "1h", "second": "same"}, nil},
		{"use without pointer", args{"use": []args{{"in": "json", "name": "token"}}}, []string{"use 0 name: Invalid name"}},
		{"use of what", args{"use": []args{{"in": "header", "name": "X", "value": "{company}"}}}, []string{"use 0 value: Unknown placeholder"}},
		{"use of an attribute", over(credential(args{"attributes": args{"company": "/company"}}),
			args{"use": []args{{"in": "header", "name": "X", "value": "{attributes.company}"}}}), nil},
		{"use with a filter", args{"use": []args{{"in": "header", "name": "X", "value": "{token|upper}"}}}, []string{"use 0 value: Invalid template"}},
		{"use that is open", args{"use": []args{{"in": "header", "name": "X", "value": "{token"}}}, []string{"use 0 value: Invalid template"}},
		{"dead how", args{"dead": []args{{}}}, []string{"dead 0: Missing argument"}},

		{"JSON", acquire(args{"json": `{"a":`}), []string{"acquire 0 json: Invalid JSON"}},
		{"placeholder in JSON", acquire(args{"json": `{"a":"{idd}"}`}), []string{"acquire 0 json: Unknown placeholder"}},
		{"typed in JSON", acquire(args{"json": `{"a":"{id|number}","b":["{id|md5|bool}"]}`}), nil},
		{"typed in the middle", acquire(args{"json": `{"a":"x{id|number}"}`}), []string{"acquire 0 json: Invalid template"}},
		{"typed and more", acquire(args{"json": `{"a":"{id|number|md5}"}`}), []string{"acquire 0 json: Invalid template"}},
		{"typed elsewhere", acquire(args{"headers": args{"X": "{id|number}"}}), []string{"acquire 0 headers: Invalid template"}},
		{"open brace", acquire(args{"path": "/{id"}), []string{"acquire 0 path: Invalid template"}},
		{"closing brace", acquire(args{"path": "/id}"}), []string{"acquire 0 path: Invalid template"}},
		{"no name", acquire(args{"path": "/{}"}), []string{"acquire 0 path: Invalid template"}},
		{"unknown filter", acquire(args{"query": args{"a": "{id|shout}"}}), []string{"acquire 0 query: Invalid template"}},
		{"argument", acquire(args{"query": args{"a": "{id:x}"}}), []string{"acquire 0 query: Invalid template"}},
		{"time", acquire(args{"query": args{"a": "{now:unix}{now:yyyy-MM-dd HH:mm:ss}{now:http}"}}), nil},
		{"time how", acquire(args{"query": args{"a": "{now}{now:Jan 2}"}}), []string{"acquire 0 query: Invalid template", "acquire 0 query: Invalid template"}},
		{"order", acquire(args{"query": args{"a": "b"}, "order": []string{"a", "b"}}), []string{"acquire 0 order: Unknown name"}},
		{"dots", over(acquire(args{"path": "/{id}/token"}), args{"account": args{"id": ".."}}), []string{"acquire 0 path: Invalid path"}},
		{"dots that are escaped", acquire(args{"path": "/%2e%2E/token"}), []string{"acquire 0 path: Invalid path"}},
		{"XML", acquire(args{"json": nil, "xml": "<a>{id}</b>"}), []string{"acquire 0 xml: Invalid XML"}},
		{"two elements", acquire(args{"json": nil, "xml": "<a/><b/>"}), []string{"acquire 0 xml: Invalid XML"}},
		{"right XML", acquire(args{"json": nil, "xml": "<a><b>{id}</b></a>"}), nil},
		{"GET with a body", acquire(args{"method": "GET"}), []string{"acquire 0 json: Contradicting arguments"}},
		{"body of a form", over(acquire(args{"json": nil, "form": args{"a": "{id}"}, "headers": args{"X": "{sign}"}}),
			compute(args{"name": "sign", "from": "{body}", "by": "md5"})), nil},
		{"body in the body", over(acquire(args{"json": nil, "form": args{"a": "{sign}"}}), compute(args{"name": "sign", "from": "{body}", "by": "md5"})),
			[]string{"acquire 0 form: Cycle"}},
		{"no body", acquire(args{"json": nil, "headers": args{"X": "{body}"}}), []string{"acquire 0 method: Contradicting arguments"}},
		{"body of parts", acquire(args{"json": nil, "multipart": args{"a": "b"}, "headers": args{"X": "{body}"}}),
			[]string{"acquire 0 method: Contradicting arguments"}},
		{"type without body", acquire(args{"json": nil, "content_type": "text/plain"}), []string{"acquire 0 content_type: Contradicting arguments"}},
		{"header name", acquire(args{"headers": args{"a b": "x"}}), []string{"acquire 0 headers: Invalid name"}},
		{"header of ours", acquire(args{"headers": args{"host": "x"}}), []string{"acquire 0 headers: Invalid name"}},
		{"type of parts", acquire(args{"json": nil, "multipart": args{"a": "b"}, "headers": args{"content-type": "x"}}),
			[]string{"acquire 0 headers: Contradicting arguments"}},

		{"message", acquire(args{"message": "words"}), []string{"acquire 0 message: Invalid place"}},
		{"success how", acquire(args{"success": []args{{}}}), []string{"acquire 0 success 0: Missing argument"}},
		{"success status", acquire(args{"success": []args{{"status": []int{2000}}}}), []string{"acquire 0 success 0 status: Invalid status"}},
		{"success pattern", acquire(args{"success": []args{{"match": "("}}}), []string{"acquire 0 success 0 match: Invalid regular expression"}},
		{"failure how", acquire(args{"failure": []args{{"class": "unavailable"}}}), []string{"acquire 0 failure 0: Missing argument"}},
		{"failure place", acquire(args{"failure": []args{{"class": "unavailable", "at": "header:", "retry_after_at": "x"}}}),
			[]string{"acquire 0 failure 0 at: Invalid place", "acquire 0 failure 0 retry_after_at: Invalid place"}},
		{"no token", credential(args{"token_at": nil}), []string{"acquire 0 credential 0: Missing argument"}},
		{"places", credential(args{"token_at": "token", "refresh_token_at": "regex:x"}),
			[]string{"acquire 0 credential 0 token_at: Invalid place", "acquire 0 credential 0 refresh_token_at: Invalid place"}},
		{"right places", credential(args{"token_at": "regex:t=(.*)", "refresh_token_at": "cookie:R", "lifetime_at": "header:X-Life"}), nil},
		{"pointer into text", acquire(args{"answer": "text"}), []string{"acquire 0 credential 0 token_at: Contradicting arguments"}},
		{"attributes", credential(args{"attributes": args{"a b": "/x", "c": ""}, "sensitive_attributes": args{"d": "x"}}),
			[]string{"acquire 0 credential 0 attributes: Invalid place", "acquire 0 credential 0 attributes: Invalid place",
				"acquire 0 credential 0 sensitive_attributes: Invalid place"}},
		{"attribute twice", credential(args{"attributes": args{"a": "/x"}, "sensitive_attributes": args{"a": "/x"}}),
			[]string{"acquire 0 credential 0 sensitive_attributes: Duplicate name"}},
		{"no life", credential(args{"life": nil}), []string{"acquire 0 credential 0: Missing argument"}},
		{"life", credential(args{"life": "0h"}), []string{"acquire 0 credential 0 life: Invalid duration"}},
		{"bounds", credential(args{"max_life": "0s", "renew_within": "0s"}),
			[]string{"acquire 0 credential 0 max_life: Invalid duration", "acquire 0 credential 0 renew_within: Invalid duration"}},
		{"format", credential(args{"expires_at": "/x", "expires_format": "Jan 2"}), []string{"acquire 0 credential 0 expires_format: Invalid format"}},

		{"held token in acquire", acquire(args{"headers": args{"X": "{token}"}}), []string{"acquire 0 headers: Misplaced placeholder"}},
		{"held token in what is computed", over(acquire(args{"headers": args{"X": "{sign}"}}), compute(args{"name": "sign", "from": "{token}", "by": "md5"})),
			[]string{"acquire 0 headers: Misplaced placeholder"}},
		{"renew", over(renew, args{"renew": args{"query": args{"t": "{token}"}}}), nil},
		{"refresh token of nowhere", over(renew, args{"renew": args{"query": args{"t": "{refresh_token}"}}}), []string{"renew 0 query: Unknown placeholder"}},
		{"refresh token", over(over(renew, credential(args{"refresh_token_at": "/r"})), args{"renew": args{"query": args{"t": "{refresh_token}"}}}), nil},
		{"attribute of nowhere", over(renew, args{"renew": args{"query": args{"t": "{held.company}"}}}), []string{"renew 0 query: Unknown placeholder"}},
		{"held attribute", over(over(renew, credential(args{"attributes": args{"company": "/c"}})), args{"renew": args{"query": args{"t": "{held.company}"}}}), nil},
		{"keeps and a token", args{"renew": args{"keeps": true, "credential": args{"token_at": "/t", "life": "1h"}}}, []string{"renew 0 keeps: Contradicting arguments"}},
		{"keeps", args{"renew": args{"keeps": true, "credential": args{"life": "1h"}}}, nil},
		{"renew without a token", args{"renew": args{"credential": args{"life": "1h"}}}, []string{"renew 0 credential 0: Missing argument"}},
		{"revoke", args{"revoke": args{"path": "/{nope}", "success": []args{{}}}},
			[]string{"revoke 0 path: Unknown placeholder", "revoke 0 success 0: Missing argument"}},
	}
	plugin, err := httpvendor.Vendor.Plugin()
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			problems, err := plugin.Check(t.Context(), encode(t, over(plain, test.change)))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, p := range problems {
				got = append(got, strings.Join(p.Path, " ")+": "+p.Summary)
				if p.Detail == "" || !strings.HasSuffix(p.Detail, ".") || strings.Contains(p.Detail+p.Summary, "SECRET") {
					t.Errorf("the words are %q", p.Detail)
				}
			}
			if strings.Join(got, "\n") != strings.Join(test.want, "\n") {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(test.want, "\n"))
			}
		})
	}
}
