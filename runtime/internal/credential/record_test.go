package credential

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authrun/authrun/sdk"
)

// A secret is one wherever in a credential it stands.
func TestSecretsOfACredentialAreLearned(t *testing.T) {
	var learned []string
	k := &Keeper{Learn: func(secrets ...string) { learned = append(learned, secrets...) }}
	schema := sdk.Block{Attributes: []sdk.Attribute{{Name: "open"}, {Name: "hidden", Sensitive: true}}}
	k.learn(schema, content{
		Value:   json.RawMessage(`{"token":"token-1","open":{"a":"open-1"},"hidden":{"a":"hidden-1","b":["hidden-2",{"c":"hidden-3"}],"d":7,"e":""}}`),
		Private: json.RawMessage(`{"refresh":["private-1"]}`),
	})
	slices.Sort(learned)
	if diff := cmp.Diff([]string{"hidden-1", "hidden-2", "hidden-3", "private-1", "token-1"}, learned); diff != "" {
		t.Error(diff)
	}
}
