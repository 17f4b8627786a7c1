// Command service keeps five credentials alive, tells of each new one, and ends in order on SIGTERM or SIGINT: what is under way is finished and
// stored, and nothing is left behind.
//
//	go run ./examples/embed/service SIMULATOR
package main

import (
	"context"
	_ "embed"
	"errors"
	"log"
	"log/slog"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/authrun/authrun/plugins/easemob"
	"github.com/authrun/authrun/plugins/ekuaibao"
	"github.com/authrun/authrun/plugins/ippbx"
	"github.com/authrun/authrun/plugins/lingju"
	"github.com/authrun/authrun/plugins/sipauth"
	authrun "github.com/authrun/authrun/runtime"
)

//go:embed flow.hcl
var flow []byte

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: service SIMULATOR")
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	logger := slog.New(slog.NewTextHandler(os.Stdout, nil))
	if err := serve(ctx, os.Args[1], logger); err != nil {
		log.Fatal(err)
	}
	logger.Info("ended")
}

// serve keeps the credentials until ctx ends.
func serve(ctx context.Context, simulator string, logger *slog.Logger) error {
	rt, err := authrun.Open(authrun.Options{
		Env:     os.LookupEnv,
		Logger:  logger,
		Vendors: []authrun.Vendor{ippbx.Vendor, sipauth.Vendor, easemob.Vendor, ekuaibao.Vendor, lingju.Vendor},
	})
	if err != nil {
		return err
	}
	f, diags := rt.LoadBytes(ctx, "service.hcl", flow, authrun.Inputs{Values: map[string]any{"sim": simulator}})
	if diags.HasErrors() {
		return errors.Join(diags, rt.Close())
	}
	var watching sync.WaitGroup
	for _, address := range f.Names().Addresses {
		source, err := f.TokenSource(address)
		if err != nil {
			return errors.Join(err, rt.Close())
		}
		watching.Go(func() { watch(ctx, source, logger.With("address", address)) })
	}
	watching.Wait()
	return rt.Close()
}

// watch tells of each new generation of a credential. A real service would hand the source to whatever needs the token.
func watch(ctx context.Context, source *authrun.TokenSource, logger *slog.Logger) {
	for c, err := range source.Watch(ctx) {
		var failed *authrun.Error
		switch {
		case err == nil:
			logger.Info("valid", "generation", c.Generation, "expires", c.ExpiresAt.Format(time.RFC3339))
		case ctx.Err() != nil: // the service ends
		case errors.As(err, &failed):
			logger.Warn("not valid", "class", failed.Class, "until", failed.Until, "error", failed)
		default:
			logger.Warn("not valid", "error", err)
		}
	}
}
