package runtime_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	authrun "github.com/authrun/authrun/runtime"
)

func (s *stage) revoke(path string, opts authrun.RevokeOptions) (told []authrun.AuthRevoked, done authrun.Revocation, err error) {
	s.t.Helper()
	s.run(path, func(f *authrun.Flow) {
		done, err = f.Revoke(context.Background(), opts, func(e authrun.Event) {
			if r, ok := e.(authrun.AuthRevoked); ok {
				told = append(told, r)
			}
		})
	})
	return told, done, err
}

// TestRevoke forgets a flow's credentials: dependants first, what costs a counted call only when somebody says so, nothing twice.
func TestRevoke(t *testing.T) {
	s := newStage(t)
	path := s.write(all)
	s.apply(path, authrun.ApplyOptions{})
	calls := s.calls()
	_, _, err := s.revoke(path, authrun.RevokeOptions{})
	var diags authrun.Diagnostics
	if !errors.As(err, &diags) || diags[0].Summary != "Not confirmed" || !strings.Contains(diags[0].Detail, "auth.lingju.a lives") {
		t.Errorf("not confirmed: %v", err)
	}
	for address, status := range s.statuses(path) {
		if status.State != authrun.StateValid {
			t.Errorf("%s was forgotten although it was not confirmed", address)
		}
	}
	var asked []string
	told, done, err := s.revoke(path, authrun.RevokeOptions{Confirm: func(addresses []string) bool { asked = addresses; return true }})
	if err != nil || done.Failed > 0 || done.Ended+done.Forgotten != 5 || done.VendorCalls != s.calls()-calls {
		t.Errorf("%+v, %v", done, err)
	}
	if !slices.Equal(asked, []string{"auth.lingju.a"}) {
		t.Errorf("asked about %v", asked)
	}
	place := func(address string) int {
		return slices.IndexFunc(told, func(r authrun.AuthRevoked) bool { return r.Address == address })
	}
	if place("auth.easemob.a") > place("auth.ippbx.a") {
		t.Errorf("what depends on another did not come first: %+v", told)
	}
	if lingju := told[place("auth.lingju.a")]; lingju.AtVendor || lingju.DiesAt.Before(s.clock().Add(29*24*time.Hour)) {
		t.Errorf("what cannot be ended: %+v", lingju)
	}
	if _, done, err = s.revoke(path, authrun.RevokeOptions{}); err != nil || done.Nothing != 5 {
		t.Errorf("again: %+v, %v", done, err)
	}
}

// TestImport puts a token under care: it is reused, and the vendor is not called.
func TestImport(t *testing.T) {
	s := newStage(t)
	path := s.write(all)
	imports := func(in authrun.Imported) (c authrun.Credential, err error) {
		s.run(path, func(f *authrun.Flow) { c, err = f.Import(context.Background(), "auth.sipauth.a", in) })
		return c, err
	}
	for want, in := range map[string]authrun.Imported{
		"no token to import":                  {Value: json.RawMessage(`{"companyname":"x"}`)},
		`no attribute "companyname_"`:         {Value: json.RawMessage(`{"token":"t","companyname_":"x"}`)},
		`Did you mean "companyname"`:          {Value: json.RawMessage(`{"token":"t"}`), Texts: map[string]string{"companynam": "x"}},
		"is no JSON object":                   {Value: json.RawMessage(`"token"`)},
		`"token" of the credential of auth.s`: {Value: json.RawMessage(`{"token":[1]}`)},
	} {
		if _, err := imports(in); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
	c, err := imports(authrun.Imported{Value: json.RawMessage(`{"token":"held-already"}`), Life: 2 * time.Hour,
		Texts: map[string]string{"companyname": "ours"}})
	if err != nil || c.Generation != 1 || !c.ExpiresAt.Equal(s.clock().Add(2*time.Hour)) {
		t.Fatal(c, err)
	}
	r := s.apply(path, authrun.ApplyOptions{Targets: []string{"auth.sipauth.a"}})
	if r.summary.Reused != 1 || r.outputs["company"] != `"ours"` || s.calls() != 0 {
		t.Errorf("%+v %v, %d calls", r.summary, r.outputs, s.calls())
	}
	s.pass(3 * time.Hour)
	if r = s.apply(path, authrun.ApplyOptions{Targets: []string{"auth.sipauth.a"}}); r.summary.Acquired != 1 {
		t.Errorf("when it is dead: %+v", r.summary)
	}
}
