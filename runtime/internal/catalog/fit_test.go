package catalog

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/authrun/authrun/sdk"
)

func TestFit(t *testing.T) {
	if err := fit("sample", description("sample")); err != nil {
		t.Fatal(err)
	}
	later := description("sample")
	later.Abilities = append(later.Abilities, sdk.Ability{Operation: "probe", Calls: 1})
	later.Token.Use = append(later.Token.Use, sdk.Placement{In: "trailer", Name: "x", Value: "{token}"})
	if err := fit("sample", later); err != nil {
		t.Errorf("what a later protocol adds is refused: %v", err)
	}
}

func TestMisfits(t *testing.T) {
	type d = *sdk.Description
	attribute := func(name string, change func(*sdk.Attribute)) func(d) {
		return func(d d) {
			for i := range d.Config.Attributes {
				if d.Config.Attributes[i].Name == name {
					change(&d.Config.Attributes[i])
				}
			}
		}
	}
	limit := func(n int, change func(*sdk.Limit)) func(d) { return func(d d) { change(&d.Limits[n]) } }
	for says, change := range map[string]func(d){
		`it is for vendor "other"`:                       func(d d) { d.Vendor = "other" },
		`no version`:                                     func(d d) { d.Version = "" },
		`it cannot acquire`:                              func(d d) { d.Abilities = d.Abilities[1:] },
		`operation "renew" is there twice`:               func(d d) { d.Abilities = append(d.Abilities, d.Abilities[1]) },
		`makes -1 exchanges`:                             func(d d) { d.Abilities[0].Calls = -1 },
		`makes 101 exchanges`:                            func(d d) { d.Abilities[0].Calls = 101 },
		`"Base-URL" is no valid name`:                    attribute("base_url", func(a *sdk.Attribute) { a.Name = "Base-URL" }),
		`"depends_on" is a name of authrun's own`:        attribute("password", func(a *sdk.Attribute) { a.Name = "depends_on" }),
		`"username" is there twice`:                      attribute("code", func(a *sdk.Attribute) { a.Name = "username" }),
		`"callback" is there twice`:                      attribute("port", func(a *sdk.Attribute) { a.Name = "callback" }),
		`"port": it has no type`:                         attribute("port", func(a *sdk.Attribute) { a.Type = nil }),
		`"port": its default is not JSON`:                attribute("port", func(a *sdk.Attribute) { a.Default = json.RawMessage(`{`) }),
		`"port": it is required and has a default`:       attribute("port", func(a *sdk.Attribute) { a.Required = true }),
		`"port": its least value is over its greatest`:   attribute("port", func(a *sdk.Attribute) { a.Min, a.Max = a.Max, a.Min }),
		`"port": an endpoint has to be a string`:         attribute("port", func(a *sdk.Attribute) { a.Endpoint = true }),
		`"username": what it has to match is no regular`: attribute("username", func(a *sdk.Attribute) { a.Match = "(" }),
		`"username": its format is "date"`:               attribute("username", func(a *sdk.Attribute) { a.Format = "date" }),
		`"code": one of its values is not JSON`:          attribute("code", func(a *sdk.Attribute) { a.OneOf[0] = json.RawMessage(`a`) }),
		`"code": only an attribute of a credential`:      attribute("code", func(a *sdk.Attribute) { a.Private = true }),
		`block "callback": there cannot be 3 to 2`:       func(d d) { d.Config.Blocks[0].Min = 3 },
		`block "callback": "url": inside a block`:        func(d d) { d.Config.Blocks[0].Block.Attributes[0].Endpoint = true },
		`nested too deeply`:                              func(d d) { d.Config.Blocks[0].Block = deep(20) },
		`a rule is of the kind "any"`:                    func(d d) { d.Config.Rules[0].Kind = "any" },
		`exactly_one is about fewer than two`:            func(d d) { d.Config.Rules[0].Names = []string{"code"} },
		`exactly_one is about "codes"`:                   func(d d) { d.Config.Rules[0].Names = []string{"code", "codes"} },
		`credential: "token" is a name of authrun's`:     func(d d) { d.Credential.Attributes[0].Name = "token" },
		`credential: "refresh": an attribute of a cred`:  func(d d) { d.Credential.Attributes[0].Required = true },
		`limit "Monthly" has no valid name`:              limit(0, func(l *sdk.Limit) { l.Name = "Monthly" }),
		`limit "pause" is there twice`:                   limit(0, func(l *sdk.Limit) { l.Name = "pause" }),
		`limit "monthly" has no scope`:                   limit(0, func(l *sdk.Limit) { l.Scope = nil }),
		`limit "monthly" has the scope "user"`:           limit(0, func(l *sdk.Limit) { l.Scope = []string{"user"} }),
		`"monthly": it has to be a quota, an interval`:   limit(0, func(l *sdk.Limit) { l.Quota = nil }),
		`"pause": it has to be a quota, an interval`:     limit(1, func(l *sdk.Limit) { l.Quota = &sdk.Quota{Count: 1, Per: sdk.CalendarDay} }),
		`"monthly": its quota is less than one`:          limit(0, func(l *sdk.Limit) { l.Quota.Count = 0 }),
		`"monthly": its quota is per "year"`:             limit(0, func(l *sdk.Limit) { l.Quota.Per = "year" }),
		`"monthly": its quota has to be of the calendar`: limit(0, func(l *sdk.Limit) { l.Quota.Sliding = time.Hour }),
		`"monthly": its quota has the time zone "Mars"`:  limit(0, func(l *sdk.Limit) { l.Quota.Zone = "Mars" }),
		`"pause": its interval is negative`:              limit(1, func(l *sdk.Limit) { l.MinInterval = -1 }),
		`"lockout": its lock-out has no refusals`:        limit(2, func(l *sdk.Limit) { l.Lockout.Refusals = 0 }),
		`a second acquire does "marries"`:                func(d d) { d.Token.Second = "marries" },
		`the token has a negative time`:                  func(d d) { d.Token.Overlap = -1 },
		`a placement of the token has no name`:           func(d d) { d.Token.Use[0].Name = "" },
		`an evidence of a dead token says nothing`:       func(d d) { d.Token.Dead[0] = sdk.Evidence{OneOf: []string{"x"}} },
	} {
		is := description("sample")
		change(&is)
		if err := fit("sample", is); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("error %v, want one that says %q", err, says)
		}
	}
}

// deep is a block with blocks in it, so many levels down.
func deep(levels int) sdk.Block {
	if levels == 0 {
		return sdk.Block{}
	}
	return sdk.Block{Blocks: []sdk.Nested{{Name: "inner", Block: deep(levels - 1)}}}
}
