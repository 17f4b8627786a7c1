package runtime_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing/fstest"
	"time"

	authrun "github.com/authrun/authrun/runtime"
	"github.com/authrun/authrun/runtime/runtimetest"
	"github.com/authrun/authrun/runtime/store/memory"
	"github.com/authrun/authrun/sdk"
)

// contained are options for a program that keeps everything in itself: a vendor without a process, a store in memory, a key of its own.
func contained(vendor authrun.Vendor) authrun.Options {
	return authrun.Options{
		Vendors: []authrun.Vendor{vendor}, Backend: memory.New(), Key: strings.Repeat("5a", 32),
		Transport: tokens{}, // the vendor of this example lives nowhere
	}
}

// tokens answers like the vendor acme.
type tokens struct{}

func (tokens) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(`{"token":"acme-1"}`))}, nil
}

// A token source is a handle: whoever holds it gets a token that lives, now and in a month.
func ExampleFlow_TokenSource() {
	ctx := context.Background()
	rt, err := authrun.Open(contained(&runtimetest.Vendor{Name: "acme", Life: time.Hour}))
	if err != nil {
		log.Fatal(err)
	}
	defer rt.Close()
	f, diags := rt.LoadBytes(ctx, "flow.hcl", []byte(`auth "acme" "main" {}`), authrun.Inputs{})
	if diags.HasErrors() {
		log.Fatal(diags)
	}
	source, err := f.TokenSource("auth.acme.main")
	if err != nil {
		log.Fatal(err)
	}
	token, err := source.TokenContext(ctx)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(token.AccessToken)
	// Output: acme-1
}

// Watch gives the credential and each new generation of it, and keeps it alive meanwhile.
func ExampleTokenSource_Watch() {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	rt, err := authrun.Open(contained(&runtimetest.Vendor{Name: "acme", Life: time.Hour}))
	if err != nil {
		log.Fatal(err)
	}
	defer rt.Close()
	f, diags := rt.LoadBytes(ctx, "flow.hcl", []byte(`auth "acme" "main" {}`), authrun.Inputs{})
	if diags.HasErrors() {
		log.Fatal(diags)
	}
	source, err := f.TokenSource("auth.acme.main")
	if err != nil {
		log.Fatal(err)
	}
	for c, err := range source.Watch(ctx) {
		if err != nil {
			fmt.Println("ended:", errors.Is(err, context.Canceled))
			continue
		}
		fmt.Println("generation", c.Generation)
		cancel() // a real program goes on
	}
	// Output:
	// generation 1
	// ended: true
}

// The client puts the token where the vendor wants it, and replaces it when the vendor took it for dead.
func ExampleTokenSource_Client() {
	ctx := context.Background()
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, "hello, ", r.Header.Get("Authorization"))
	}))
	defer api.Close()
	rt, err := authrun.Open(contained(&runtimetest.Vendor{Name: "acme", Life: time.Hour}))
	if err != nil {
		log.Fatal(err)
	}
	defer rt.Close()
	f, diags := rt.LoadBytes(ctx, "flow.hcl", []byte(`auth "acme" "main" {}`), authrun.Inputs{})
	if diags.HasErrors() {
		log.Fatal(diags)
	}
	source, err := f.TokenSource("auth.acme.main")
	if err != nil {
		log.Fatal(err)
	}
	client, err := source.Client(api.URL)
	if err != nil {
		log.Fatal(err)
	}
	answer, err := client.Get(api.URL)
	if err != nil {
		log.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(string(body))
	// Output: hello, Bearer acme-1
}

// Failures are told apart by class, and say when a call is possible again.
func ExampleError() {
	vendor := &runtimetest.Vendor{Name: "acme", Limits: []sdk.Limit{{Name: "daily", Scope: []string{"account"},
		Quota: &sdk.Quota{Count: 1, Per: sdk.CalendarDay}}}}
	o := contained(vendor)
	clock := runtimetest.NewClock(runtimetest.Start)
	o.Now, o.Sleep = clock.Now, clock.Sleep
	rt, err := authrun.Open(o)
	if err != nil {
		log.Fatal(err)
	}
	defer rt.Close()
	ctx := context.Background()
	f, diags := rt.LoadBytes(ctx, "flow.hcl", []byte(`auth "acme" "main" {}`), authrun.Inputs{})
	if diags.HasErrors() {
		log.Fatal(diags)
	}
	for range 2 {
		_, err = f.Credential(ctx, "auth.acme.main", authrun.ApplyOptions{Force: []string{"auth.acme.main"}}, nil)
	}
	var failed *authrun.Error
	if errors.As(err, &failed) && failed.Class == string(sdk.QuotaExhausted) {
		fmt.Println(failed.Address, "until", failed.Until)
	} else {
		fmt.Println("the living credential is given:", err == nil)
	}
	// Output: the living credential is given: true
}

// A flow may lie in the program's own file system, take values that are no text, and call functions of the program.
func ExampleRuntime_LoadFS() {
	files := fstest.MapFS{"flows/main.hcl": {Data: []byte(`
		variable "apps" {
		  type = list(string)
		}
		output "greeting" {
		  value = shout("hello ${join(" and ", var.apps)}")
		}
	`)}}
	rt, err := authrun.Open(authrun.Options{
		Backend: memory.New(), Key: strings.Repeat("5a", 32),
		Functions: map[string]authrun.Function{
			"shout": {Doc: "Text in capitals.", Call: func(args []any) (any, error) { return strings.ToUpper(args[0].(string)), nil }},
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	defer rt.Close()
	ctx := context.Background()
	f, diags := rt.LoadFS(ctx, "example", files, "flows", authrun.Inputs{Values: map[string]any{"apps": []string{"a", "b"}}})
	if diags.HasErrors() {
		log.Fatal(diags)
	}
	_, err = f.Apply(ctx, authrun.ApplyOptions{}, func(e authrun.Event) {
		if o, ok := e.(authrun.Outputs); ok {
			fmt.Println(string(o.Outputs[0].Value))
		}
	})
	if err != nil {
		log.Fatal(err)
	}
	// Output: "HELLO A AND B"
}

// A plan tells what an apply would do, without a vendor call.
func ExampleFlow_Plan() {
	rt, err := authrun.Open(contained(&runtimetest.Vendor{Name: "acme", Life: time.Hour}))
	if err != nil {
		log.Fatal(err)
	}
	defer rt.Close()
	ctx := context.Background()
	f, diags := rt.LoadBytes(ctx, "flow.hcl", []byte(`auth "acme" "main" {}`), authrun.Inputs{})
	if diags.HasErrors() {
		log.Fatal(diags)
	}
	plan, err := f.Plan(ctx, authrun.ApplyOptions{}, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(plan.Acquired, "to acquire,", plan.Calls, "call; done:", plan.IsDone())
	// Output: 1 to acquire, 1 call; done: false
}
