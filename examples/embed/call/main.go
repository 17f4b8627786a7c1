// Command call asks a vendor's API for something, with a token that is always alive: the flow is inside the program, and the http.Client puts the
// token where the vendor wants it, gets a new one when the vendor took it for dead, and shares all of that with other programs of the same store.
//
//	go run ./examples/embed/call SIMULATOR API/users
package main

import (
	"context"
	_ "embed"
	"fmt"
	"io"
	"log"
	"os"

	"github.com/authrun/authrun/plugins/easemob"
	authrun "github.com/authrun/authrun/runtime"
)

//go:embed flow.hcl
var flow []byte

func main() {
	if len(os.Args) != 3 {
		log.Fatal("usage: call SIMULATOR URL")
	}
	if err := call(context.Background(), os.Args[1], os.Args[2]); err != nil {
		log.Fatal(err)
	}
}

// call prints what the API answers.
func call(ctx context.Context, simulator, url string) error {
	rt, err := authrun.Open(authrun.Options{Env: os.LookupEnv, Vendors: []authrun.Vendor{easemob.Vendor}})
	if err != nil {
		return err
	}
	defer rt.Close()
	f, diags := rt.LoadBytes(ctx, "call.hcl", flow, authrun.Inputs{Values: map[string]any{"sim": simulator}})
	if diags.HasErrors() {
		return diags
	}
	source, err := f.TokenSource("auth.easemob.im")
	if err != nil {
		return err
	}
	client, err := source.Client(url) // the API has another address than its tokens
	if err != nil {
		return err
	}
	answer, err := client.Get(url)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	fmt.Println(answer.Status)
	_, err = io.Copy(os.Stdout, answer.Body)
	return err
}
