package sdktest

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/authrun/authrun/sdk/plugin"
)

// TestMain makes the test binary the plugins that these tests examine.
func TestMain(m *testing.M) {
	vendors := []plugin.Vendor{faithful()}
	for _, b := range bad() {
		vendors = append(vendors, b.vendor)
	}
	Main(m, vendors...)
}

func TestFaithfulVendorConforms(t *testing.T) {
	defer goleak.VerifyNone(t)
	Conformance(t, faithful(), theScript())
}
