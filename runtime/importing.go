package runtime

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/authrun/authrun/runtime/internal/flow"
	"github.com/authrun/authrun/sdk"
)

// Imported is a credential that somebody holds already.
type Imported struct {
	// Value is a JSON object of the credential's attributes, with its token.
	Value json.RawMessage
	// Texts are further attributes as a command line has them: bare text for a string, else JSON.
	Texts map[string]string
	// Life is how long it still lives; 0: it never expires.
	Life time.Duration
}

// Import puts a credential under care that somebody holds already, without a vendor call: as if it had been got now for the block of that
// address. What it depends on must be stored. The error is [Diagnostics] where the flow, the store or the credential is at fault.
func (f *Flow) Import(ctx context.Context, address string, in Imported) (Credential, error) {
	f = f.fork()
	a := f.applying(ApplyOptions{Targets: []string{address}}, nil)
	if err := a.prepare(ctx); err != nil {
		return Credential{}, err
	}
	chosen := indexes(a.chosen)
	if len(chosen) != 1 {
		return Credential{}, Diagnostics{{Severity: SeverityError, Summary: "Address of several credentials",
			Detail: address + " names a block of " + count(len(chosen), "instance") + ". Name one of them, with its key in brackets."}}
	}
	i := chosen[0]
	for _, need := range a.graph.Order() {
		if need < len(a.instances) && need != i && a.isWanted(need) {
			f.recallOne(ctx, a, a.keeping, need)
		}
	}
	config, class, diags := a.config(a.instances[i])
	if class != "" {
		return Credential{}, f.diagnose(diags)
	}
	wrong := func(why string) (Credential, error) {
		return Credential{}, Diagnostics{{Severity: SeverityError, Summary: "Credential cannot be imported", Address: address,
			Detail: f.rt.secrets.String(why)}}
	}
	if len(config.Unknown) > 0 {
		return wrong("Not all arguments of the block are known, because they depend on credentials that are not stored. Apply these first.")
	}
	b := a.blockOf(i, config)
	value, problem := imported(b.Schema, in)
	if problem != "" {
		return wrong(problem)
	}
	if in.Life > 0 {
		if err := f.scope.SetCredential(a.instances[i].Addr, value, f.rt.now().Add(in.Life)); err != nil {
			return wrong(sentence(err))
		}
	} else if err := f.scope.SetCredential(a.instances[i].Addr, value, time.Time{}); err != nil {
		return wrong(sentence(err))
	}
	valid, err := a.keeping.keeper.Import(ctx, b, value, in.Life)
	if err != nil {
		failed := failedOf(err)
		return wrong(failed.Text)
	}
	return credentialOf(b, valid), nil
}

// imported joins the attributes of a credential, and says what is wrong with them.
func imported(schema sdk.Description, in Imported) (value json.RawMessage, problem string) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(in.Value, &members); err != nil || members == nil {
		return nil, "The credential is no JSON object."
	}
	types := map[string]string{"token": `"string"`}
	for _, a := range schema.Credential.Attributes {
		if !a.Private {
			types[a.Name] = string(a.Type)
		}
	}
	for name, text := range in.Texts {
		switch {
		case types[name] == "": // told below
			members[name] = nil
		case types[name] == `"string"`:
			members[name], _ = json.Marshal(text) // a text always has a JSON form
		case json.Valid([]byte(text)):
			members[name] = json.RawMessage(text)
		default:
			return nil, fmt.Sprintf("The attribute %q is no text, so its value must be JSON.", name)
		}
	}
	for _, name := range sortedKeys(members) {
		if _, ok := types[name]; !ok {
			problem = fmt.Sprintf("A credential of %s has no attribute %q.", schema.Vendor, name)
			if near := flow.Nearest(name, sortedKeys(types)); near != "" {
				problem += fmt.Sprintf(" Did you mean %q?", near)
			}
			return nil, problem
		}
	}
	// Maps of JSON values always have a JSON form.
	value, _ = json.Marshal(members)
	return value, ""
}
