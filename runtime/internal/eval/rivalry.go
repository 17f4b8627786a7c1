package eval

import (
	"fmt"

	"github.com/authrun/authrun/sdk"
	"github.com/hashicorp/hcl/v2"
)

// rivals finds instances that have one account and other arguments, where a second credential of the account may end the first: they would
// take it from each other at each run. configs holds the Account, Set and Token of those that are known.
func (s *Scope) rivals(configs []Config) hcl.Diagnostics {
	type holder struct{ vendor, account string }
	first := make(map[holder]int)
	var diags hcl.Diagnostics
	for n, i := range s.instances {
		c := configs[n]
		if !c.Known || c.Token.Second == sdk.KeepsFirst {
			continue
		}
		key := holder{i.Addr.Vendor, string(object(c.Account))}
		other, taken := first[key]
		if !taken {
			first[key] = n
			continue
		}
		if string(object(c.Set)) == string(object(configs[other].Set)) {
			continue
		}
		d := &hcl.Diagnostic{
			Severity: hcl.DiagError,
			Summary:  "Two configurations of one account",
			Detail: fmt.Sprintf("%s (%s:%d) and %s have the same account at %s but other arguments, and a second token of an account may end the first "+
				"there, so the two would take it from each other. Give both the same arguments, or keep one and refer to it.",
				s.instances[other].Addr, s.instances[other].Auth.Range.Filename, s.instances[other].Auth.Range.Start.Line, i.Addr, i.Addr.Vendor),
			Subject: i.Auth.Range.Ptr(),
		}
		diags = append(diags, about(hcl.Diagnostics{d}, i.Addr)...)
	}
	return diags
}
