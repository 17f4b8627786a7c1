package sdk_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/authrun/authrun/sdk"
)

// common lends its field to every struct that embeds it.
type common struct {
	Zone string `auth:"zone,optional" deprecated:"Use region."`
}

// host is a nested block.
type host struct {
	Name string     `auth:"name" doc:"Name of the host."`
	Pin  sdk.Secret `auth:"pin,optional"`
}

// everything has a field of every kind.
type everything struct {
	common
	URL     string            `auth:"url,endpoint,account" doc:"Address."`
	Key     sdk.Secret        `auth:"key" match:"[a-z]{3}" hint:"three letters"`
	Pin     *int              `auth:"pin,optional,sensitive" min:"0" max:"9999"`
	Port    int               `auth:"port" default:"5060" min:"1" max:"65535"`
	Big     int64             `auth:"big,optional" oneof:"1 2"`
	Ratio   float64           `auth:"ratio,optional" default:"0.5"`
	Fast    bool              `auth:"fast,volatile" default:"true"`
	Wait    time.Duration     `auth:"wait" default:"1d"`
	Region  string            `auth:"region" oneof:"cn sg" default:"cn"`
	Blank   string            `auth:"blank" default:""`
	Names   []string          `auth:"names,optional" default:"[\"a\"]"`
	Headers map[string]string `auth:"headers,optional"`
	Keys    []sdk.Secret      `auth:"keys,optional"`
	Grid    [][]int           `auth:"grid,optional"`
	Main    host              `auth:"main,block" doc:"The main host."`
	Second  host              `auth:"second,block,optional"`
	Spare   *host             `auth:"spare,block"`
	Others  []host            `auth:"others,block" min:"1" max:"3"`
	Left    func()            `auth:"-"`
	private int
}

// full is a credential with every kind of attribute.
type full struct {
	Token   string        `auth:"token"`
	Company *string       `auth:"company" doc:"Company."`
	Number  int64         `auth:"number"`
	Life    time.Duration `auth:"life"`
	Extra   sdk.Secret    `auth:"extra"`
	Pair    string        `auth:"pair,sensitive"`
	Seed    string        `auth:"seed,private"`
	Groups  []string      `auth:"groups"`
}

func raw(s string) json.RawMessage { return json.RawMessage(s) }

func number(n float64) *float64 { return &n }

func TestSchema(t *testing.T) {
	_ = everything{}.private
	p, err := sdk.Vendor[everything, full]{Name: "every1", Version: "1.2.3-rc.1", Doc: "Every kind.",
		Acquire: sdk.Op[everything, full]{Calls: 2, Do: nothing[everything, full]},
		Revoke:  sdk.Op[everything, full]{Do: nothing[everything, full]},
		Check:   func(everything) []sdk.Problem { return nil },
		Rules:   []sdk.Rule{sdk.AtMostOne("pin", "key")},
	}.Plugin()
	if err != nil {
		t.Fatal(err)
	}
	got, err := p.Describe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	hosts := sdk.Block{Attributes: []sdk.Attribute{
		{Name: "name", Type: raw(`"string"`), Required: true, Doc: "Name of the host."},
		{Name: "pin", Type: raw(`"string"`), Sensitive: true},
	}}
	mainHost := hosts
	mainHost.Doc = "The main host."
	want := sdk.Description{Vendor: "every1", Version: "1.2.3-rc.1", SDK: "go " + sdk.Version, Doc: "Every kind.", Checks: true,
		Config: sdk.Block{
			Attributes: []sdk.Attribute{
				{Name: "zone", Type: raw(`"string"`), Deprecated: "Use region."},
				{Name: "url", Type: raw(`"string"`), Required: true, Endpoint: true, Account: true, Doc: "Address."},
				{Name: "key", Type: raw(`"string"`), Required: true, Sensitive: true, Match: "[a-z]{3}", Hint: "three letters"},
				{Name: "pin", Type: raw(`"number"`), Sensitive: true, Whole: true, Min: number(0), Max: number(9999)},
				{Name: "port", Type: raw(`"number"`), Default: raw(`5060`), Whole: true, Min: number(1), Max: number(65535)},
				{Name: "big", Type: raw(`"number"`), Whole: true, OneOf: []json.RawMessage{raw(`1`), raw(`2`)}},
				{Name: "ratio", Type: raw(`"number"`), Default: raw(`0.5`)},
				{Name: "fast", Type: raw(`"bool"`), Default: raw(`true`), Volatile: true},
				{Name: "wait", Type: raw(`"string"`), Default: raw(`"1d"`), Format: "duration"},
				{Name: "region", Type: raw(`"string"`), Default: raw(`"cn"`), OneOf: []json.RawMessage{raw(`"cn"`), raw(`"sg"`)}},
				{Name: "blank", Type: raw(`"string"`), Default: raw(`""`)},
				{Name: "names", Type: raw(`["list","string"]`), Default: raw(`["a"]`)},
				{Name: "headers", Type: raw(`["map","string"]`)},
				{Name: "keys", Type: raw(`["list","string"]`), Sensitive: true},
				{Name: "grid", Type: raw(`["list",["list","number"]]`)},
			},
			Blocks: []sdk.Nested{
				{Name: "main", Block: mainHost, Min: 1, Max: 1},
				{Name: "second", Block: hosts, Max: 1},
				{Name: "spare", Block: hosts, Max: 1},
				{Name: "others", Block: hosts, Min: 1, Max: 3},
			},
			Rules: []sdk.Rule{{Kind: sdk.RuleAtMostOne, Names: []string{"pin", "key"}}},
		},
		Credential: sdk.Block{Attributes: []sdk.Attribute{
			{Name: "company", Type: raw(`"string"`), Doc: "Company."},
			{Name: "number", Type: raw(`"number"`), Whole: true},
			{Name: "life", Type: raw(`"string"`), Format: "duration"},
			{Name: "extra", Type: raw(`"string"`), Sensitive: true},
			{Name: "pair", Type: raw(`"string"`), Sensitive: true},
			{Name: "seed", Type: raw(`"string"`), Private: true},
			{Name: "groups", Type: raw(`["list","string"]`)},
		}},
		Abilities: []sdk.Ability{{Operation: sdk.OpAcquire, Calls: 2}, {Operation: sdk.OpRevoke}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if calls, ok := got.Can(sdk.OpRenew); ok || calls != 0 {
		t.Error("it can renew")
	}
}

// declares is the error of a vendor with that configuration and the credential tok.
func declares[C any]() error {
	_, err := sdk.Vendor[C, tok]{Name: "v", Acquire: sdk.Op[C, tok]{Do: nothing[C, tok]}}.Plugin()
	return err
}

// answers is the error of a vendor with that credential.
func answers[T any]() error {
	_, err := sdk.Vendor[struct{}, T]{Name: "v", Acquire: sdk.Op[struct{}, T]{Do: nothing[struct{}, T]}}.Plugin()
	return err
}

type tok struct {
	Token sdk.Secret `auth:"token"`
}

type inner struct {
	Base string `auth:"base,endpoint"`
}

func TestTagMistakes(t *testing.T) {
	for _, c := range []struct {
		err  error
		want string
	}{
		{declares[int](), "config: int is not a struct"},
		{declares[struct{ A string }](), `config field A: no auth tag; auth:"-" leaves a field out`},
		{declares[struct {
			a string `auth:"a"`
		}](), "config field a: a tagged field must be exported"},
		{declares[struct {
			A string `auth:"Bad-Name"`
		}](), `config field A: the name "Bad-Name" is not of the form [a-z][a-z0-9_]*`},
		{declares[struct {
			A string `auth:""`
		}](), `config field A: the name "" is not`},
		{declares[struct {
			A string `auth:"a,optinal"`
		}](), `config field A: the tag word "optinal" is not known`},
		{declares[struct {
			A string `auth:"a,optional,optional"`
		}](), `config field A: the tag word "optional" stands twice`},
		{declares[struct {
			A string `auth:"x"`
			B string `auth:"x"`
		}](), `config field B: the name "x" stands twice`},
		{declares[struct {
			A string `auth:"depends_on"`
		}](), `config field A: the name "depends_on" is the runtime's`},
		{declares[struct {
			A string `auth:"a,private"`
		}](), "config field A: private is for credentials"},
		{declares[struct {
			A *string `auth:"a"`
		}](), "config field A: a pointer is for an optional argument"},
		{declares[struct {
			A uint8 `auth:"a"`
		}](), "config field A: the type uint8 is none that an attribute can have"},
		{declares[struct {
			A map[int]string `auth:"a"`
		}](), "config field A: the type map[int]string is none"},
		{declares[struct {
			A inner `auth:"a"`
		}](), "config field A: a struct needs the tag word block"},
		{declares[struct {
			A string `auth:"a,block"`
		}](), "config field A: a block is a struct, a pointer to one or a slice of them"},
		{declares[struct {
			A inner `auth:"a,block"`
		}](), "config field A.Base: account and endpoint are for arguments outside of blocks"},
		{declares[struct {
			A inner `auth:"a,block,sensitive"`
		}](), "config field A: of the tag words only optional and volatile go with block"},
		{declares[struct {
			A []inner `auth:"a,block" min:"3" max:"2"`
		}](), "config field A: min and max of a block do not fit each other"},
		{declares[struct {
			A int `auth:"a" default:"x"`
		}](), `config field A: default "x": not JSON`},
		{declares[struct {
			A int `auth:"a" default:"1.5"`
		}](), `config field A: default "1.5": not a whole number of 64 bits`},
		{declares[struct {
			A time.Duration `auth:"a" default:"soon"`
		}](), `config field A: default "soon": not a duration`},
		{declares[struct {
			A string `auth:"a" default:"c" oneof:"a b"`
		}](), `config field A: default "c" is none of its oneof`},
		{declares[struct {
			A int `auth:"a" oneof:"1 two"`
		}](), `config field A: oneof "two": not JSON`},
		{declares[struct {
			A bool `auth:"a" oneof:"true"`
		}](), "config field A: oneof is for strings and numbers"},
		{declares[struct {
			A int `auth:"a" default:"9" max:"8"`
		}](), `config field A: default "9" is out of bounds`},
		{declares[struct {
			A int `auth:"a" min:"few"`
		}](), `config field A: min "few" is not a number`},
		{declares[struct {
			A int `auth:"a" max:"lots"`
		}](), `config field A: max "lots" is not a number`},
		{declares[struct {
			A int `auth:"a" min:"2" max:"1"`
		}](), "config field A: min is above max"},
		{declares[struct {
			A string `auth:"a" min:"2"`
		}](), "config field A: min and max are for numbers"},
		{declares[struct {
			A string `auth:"a" match:"("`
		}](), "config field A: match: error parsing regexp"},
		{declares[struct {
			A string `auth:"a" match:"[a-z]+" default:"A"`
		}](), `config field A: default "A" does not match`},
		{declares[struct {
			A int `auth:"a" match:"1"`
		}](), "config field A: match is for strings"},
		{declares[struct {
			A string `auth:"a" hint:"what?"`
		}](), "config field A: hint without match"},
		{declares[struct {
			A int `auth:"a,endpoint"`
		}](), "config field A: an endpoint is a string"},
		{declares[struct {
			A string `auth:"a,account,volatile"`
		}](), "config field A: a part of the account cannot be volatile"},
		{declares[struct {
			A sdk.Secret `auth:"a" default:"hunter2"`
		}](), "config field A: a secret has no default"},
		{answers[struct{}](), `credential field struct {}: no field is tagged auth:"token"`},
		{answers[struct {
			Token int `auth:"token"`
		}](), "credential field Token: the token is a string that is not private"},
		{answers[struct {
			Token string `auth:"token,private"`
		}](), "credential field Token: the token is a string that is not private"},
		{answers[struct {
			Token string `auth:"token"`
			E     string `auth:"expires_at"`
		}](), `credential field E: the name "expires_at" is the runtime's`},
		{answers[struct {
			Token string `auth:"token,optional"`
		}](), "credential field Token: a credential's words are sensitive and private"},
		{answers[struct {
			Token string `auth:"token" match:"a"`
		}](), "credential field Token: default, oneof, match, min and max are for arguments"},
	} {
		if c.err == nil || !strings.HasPrefix(c.err.Error(), `vendor "v": `+c.want) || strings.Contains(c.err.Error(), "\n") {
			t.Errorf("got %v\nwant %s", c.err, c.want)
		}
	}
}

func TestAllMistakesAreSaid(t *testing.T) {
	err := declares[struct {
		A string
		B string `auth:"b,what"`
	}]()
	if err == nil || !strings.Contains(err.Error(), "field A") || !strings.Contains(err.Error(), "field B") {
		t.Errorf("got %v", err)
	}
}
