package sdktest

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/authrun/authrun/sdk/plugin"
	"github.com/authrun/authrun/sdk/sdktest/conformance"
	"github.com/authrun/authrun/sdk/sdktest/script"
)

// Script is a vendor's side as data; see package script.
type Script = script.Script

// Case is one operation of a [Script].
type Case = script.Case

// Exchange is a request that a [Case] expects, and its answer.
type Exchange = script.Exchange

// Request is what a request must be.
type Request = script.Request

// Answer is what the vendor answers.
type Answer = script.Answer

// Body is the text of an answer's body.
type Body = script.Body

// Conformance examines a vendor; see the package's comment for what it checks. The package's TestMain must call [Main] with the same vendor.
// Each check is a subtest.
func Conformance(t *testing.T, v plugin.Vendor, s Script) {
	t.Helper()
	if isPlugin() { // and Main is not called: this process would start itself for ever
		fmt.Fprintln(os.Stderr, "sdktest: TestMain does not call sdktest.Main")
		os.Exit(1)
	}
	report, err := examine(t.Context(), v, s, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range report.Results {
		t.Run(r.Check, func(t *testing.T) {
			for _, f := range r.Findings {
				t.Errorf("%s\n%s", f.Problem, f.Advice)
			}
			if r.Status == conformance.Skipped {
				t.Skip(r.Skipped)
			}
		})
	}
}

// examine makes all checks. Patience is how long a cancelled operation may take to end; 0: the suite's own. An error is a mistake in the
// vendor's declaration, or one of the machine.
func examine(ctx context.Context, v plugin.Vendor, s Script, patience time.Duration) (report conformance.Report, err error) {
	inside, err := v.Plugin()
	if err != nil {
		return report, fmt.Errorf("the vendor's declaration is wrong: %w", err)
	}
	d, err := inside.Describe(ctx)
	if err != nil {
		return report, fmt.Errorf("the vendor does not say what it is: %w", err)
	}
	folder, err := os.MkdirTemp("", "sdktest") // short: a socket's path must be
	if err != nil {
		return report, err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	return conformance.Run(ctx, conformance.Subject{Start: starter(d.Vendor, folder), Inside: inside, Patience: patience}, &s), nil
}
