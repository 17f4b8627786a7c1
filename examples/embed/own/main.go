// Command own brings a function and a store of its own: flows read secrets by vault(), and each vendor call is written to an audit trail before it
// leaves.
//
//	go run ./examples/embed/own SIMULATOR FOLDER
package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"time"

	"github.com/authrun/authrun/plugins/ekuaibao"
	authrun "github.com/authrun/authrun/runtime"
	"github.com/authrun/authrun/runtime/store"
	"github.com/authrun/authrun/runtime/store/sqlite"
)

//go:embed flow.hcl
var flow []byte

func main() {
	if len(os.Args) != 3 {
		log.Fatal("usage: own SIMULATOR FOLDER")
	}
	if err := run(context.Background(), os.Args[1], os.Args[2], os.Stdout); err != nil {
		log.Fatal(err)
	}
}

// run applies the flow with a store in folder.
func run(ctx context.Context, simulator, folder string, out io.Writer) (err error) {
	db, _, err := sqlite.Open(ctx, filepath.Join(folder, "own.db"), sqlite.Options{Version: authrun.Version})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	rt, err := authrun.Open(authrun.Options{
		Env:     os.LookupEnv,
		Vendors: []authrun.Vendor{ekuaibao.Vendor},
		Backend: audited{db, out},
		Functions: map[string]authrun.Function{
			"vault": {Doc: "A secret of our vault.", Call: vault},
		},
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rt.Close()) }()
	f, diags := rt.LoadBytes(ctx, "own.hcl", flow, authrun.Inputs{Values: map[string]any{"sim": simulator}})
	if diags.HasErrors() {
		return diags
	}
	_, err = f.Apply(ctx, authrun.ApplyOptions{}, func(e authrun.Event) {
		switch e := e.(type) {
		case authrun.AuthDone:
			fmt.Fprintln(out, e.Address, e.Action)
		case authrun.AuthFailed:
			fmt.Fprintln(out, e.Address, "failed:", e.Class)
		case authrun.Outputs:
			for _, o := range e.Outputs {
				fmt.Fprintf(out, "%s = %s\n", o.Name, o.Value)
			}
		}
	})
	return err
}

// vault stands for where this program keeps secrets.
func vault(args []any) (any, error) {
	if len(args) == 1 && args[0] == "expenses/security" {
		return "demo-app-security", nil
	}
	return nil, errors.New("the vault knows no such secret")
}

// audited is a store that writes a line before each vendor call.
type audited struct {
	store.Store
	trail io.Writer
}

// Begin writes the line once the call is allowed and counted: when it fails nothing is sent.
func (a audited) Begin(ctx context.Context, e store.Exchange, judge store.Judge) (int64, error) {
	id, err := a.Store.Begin(ctx, e, judge)
	if err == nil {
		fmt.Fprintln(a.trail, "audit:", e.At.UTC().Format(time.RFC3339), e.Operation, e.Address)
	}
	return id, err
}
