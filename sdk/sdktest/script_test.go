package sdktest

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A script is plain data: written as JSON and read again it is the same examination.
func TestScriptAsJSON(t *testing.T) {
	raw, err := json.Marshal(theScript())
	if err != nil {
		t.Fatal(err)
	}
	var again Script
	if err := json.Unmarshal(raw, &again); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(theScript(), again); diff != "" {
		t.Errorf("-script +read\n%s", diff)
	}
}
