package runtime

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2"

	"github.com/authrun/authrun/runtime/internal/credential"
	"github.com/authrun/authrun/sdk"
)

// RevokeOptions are the settings of one [Flow.Revoke].
type RevokeOptions struct {
	// Targets are the addresses whose credentials are ended; none: all. An address without a key means all instances.
	Targets []string
	// Confirm is asked before living credentials are forgotten whose vendors count calls: a new one costs a call that may be missing later. nil:
	// they are not forgotten.
	Confirm func(addresses []string) bool
}

// AuthRevoked tells what became of a credential that was to be ended.
type AuthRevoked struct {
	Address  string
	Nothing  bool      // there was none
	AtVendor bool      // the vendor ended it; else it was only forgotten
	Text     string    // what the vendor or the plugin said; may be empty
	DiesAt   time.Time // where the vendor did not end it: when it dies by itself; zero: never
}

// Revocation is what [Flow.Revoke] did in all, and its last event.
type Revocation struct {
	Ended, Forgotten, Nothing, Failed int
	VendorCalls                       int
}

func (AuthRevoked) event() {}
func (Revocation) event()  {}

// Revoke ends credentials at their vendors where these can do that, and forgets them: those that depend on others first. Where a vendor failed
// its credential is kept, which is told by events and counted. events gets what happens, a [Revocation] last. The error says why nothing was
// done at all: [Diagnostics] for mistakes in the flow, a store that does not work, or what was not confirmed.
func (f *Flow) Revoke(ctx context.Context, opts RevokeOptions, events func(Event)) (Revocation, error) {
	f = f.fork()
	a := f.applying(ApplyOptions{Targets: opts.Targets}, events)
	var done Revocation
	if err := a.check(ctx); err != nil {
		return done, err
	}
	if err := a.openStore(ctx, false); err != nil {
		return done, err
	}
	blocks, counted := a.revocable(ctx)
	if len(counted) > 0 && (opts.Confirm == nil || !opts.Confirm(counted)) {
		return done, Diagnostics{{Severity: SeverityError, Summary: "Not confirmed",
			Detail: "Nothing was done: " + strings.Join(counted, ", ") + " lives, and its vendor allows a limited number of calls, of which getting it " +
				"again costs one. Say yes when asked, or pass --yes."}}
	}
	for i := len(blocks) - 1; i >= 0 && ctx.Err() == nil; i-- {
		a.revoke(ctx, blocks[i], &done)
	}
	done.VendorCalls = a.keeping.keeper.Calls() - a.callsBefore
	a.emit(done)
	return done, ctx.Err()
}

// revocable gives the blocks that were chosen, each after what it depends on, and the addresses of those that live and cost a counted call to
// get again.
func (a *apply) revocable(ctx context.Context) (blocks []revoking, counted []string) {
	for _, i := range a.graph.Order() {
		if i >= len(a.instances) || !a.isWanted(i) {
			continue
		}
		b, look, problem := a.look(ctx, a.instances[i], i)
		if look.Alive {
			// Without it the arguments of those that need it are not known, which is told where it matters.
			_ = a.known(ctx, i, b)
		}
		if len(a.opts.Targets) > 0 && !a.chosen[i] {
			continue
		}
		blocks = append(blocks, revoking{i, b, problem})
		for _, l := range look.Limits {
			if look.Alive && l.Limit.Quota != nil && slices.Contains(l.Operations, sdk.OpAcquire) {
				counted = append(counted, b.Address)
				break
			}
		}
	}
	return blocks, counted
}

// revoking is a block whose credential is to be ended. A problem that is not empty says why it cannot be.
type revoking struct {
	instance int
	block    credential.Block
	problem  string
}

// revoke ends one credential, and tells what became of it.
func (a *apply) revoke(ctx context.Context, r revoking, done *Revocation) {
	address := a.instances[r.instance].Addr.String()
	var ended credential.Revoked
	var err error
	if r.problem == "" {
		ended, err = a.keeping.keeper.Revoke(ctx, r.block)
	} else {
		err = &credential.Failed{Class: ClassInvalidConfig, Text: fmt.Sprintf("It could not be ended: %s.", r.problem)}
	}
	switch {
	case err != nil:
		failed := failedOf(err)
		done.Failed++
		a.tell(hcl.Diagnostics{a.failure(r.instance, failed)})
		a.emit(AuthFailed{Address: address, Class: failed.Class})
		return
	case ended.Nothing:
		done.Nothing++
	case ended.AtVendor:
		done.Ended++
	default:
		done.Forgotten++
	}
	a.emit(AuthRevoked{Address: address, Nothing: ended.Nothing, AtVendor: ended.AtVendor, Text: a.flow.rt.secrets.String(ended.Text),
		DiesAt: ended.DiesAt})
}
