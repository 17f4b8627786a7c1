package runtime

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2"

	"github.com/authrun/authrun/runtime/internal/flow"
	"github.com/authrun/authrun/runtime/internal/simulated"
	"github.com/authrun/authrun/runtime/store"
	"github.com/authrun/authrun/runtime/store/sqlite"
	"github.com/authrun/authrun/sdk"
)

// supposedLife is how long credentials live of which nobody says how long they do.
const supposedLife = time.Hour

// Life is how long a credential lives in a simulation, and who says so.
type Life struct {
	For  time.Duration
	From LifeSource
}

// LifeSource says where a simulation has a life from.
type LifeSource string

// The sources of a life.
const (
	LifeGiven   LifeSource = "given"   // the options
	LifeStored  LifeSource = "stored"  // what is stored for the address
	LifePlugin  LifeSource = "plugin"  // the plugin's description
	LifeAssumed LifeSource = "assumed" // nobody
)

// checkOptions checks what the options name.
func (s *simulation) checkOptions(a *apply) hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, name := range sortedKeys(s.opts.Lives) {
		if _, vendor := s.flow.schemas[name]; vendor {
			continue
		}
		addr, err := flow.ParseAddr(name)
		switch {
		case !strings.Contains(name, "."):
			diags = append(diags, s.noVendor(name, "--life"))
		case err != nil:
			diags = append(diags, &hcl.Diagnostic{Severity: hcl.DiagError, Summary: "Invalid address", Detail: sentence(err)})
		case len(s.flow.scope.Select(addr)) == 0:
			a.flag = "life"
			diags = append(diags, a.unknownAddress(a.flag, addr))
		}
	}
	for _, o := range s.opts.Outages {
		if _, vendor := s.flow.schemas[o.Vendor]; !vendor {
			diags = append(diags, s.noVendor(o.Vendor, "--outage"))
		}
	}
	return diags
}

// noVendor says that the flow has no block of a vendor.
func (s *simulation) noVendor(name, option string) *hcl.Diagnostic {
	detail := fmt.Sprintf("The flow declares no auth block of a vendor %q, which %s names.", name, option)
	if nearest := flow.Nearest(name, sortedKeys(s.flow.schemas)); nearest != "" {
		detail += fmt.Sprintf(" Did you mean %s?", nearest)
	}
	return &hcl.Diagnostic{Severity: hcl.DiagError, Summary: "Unknown vendor", Detail: detail}
}

// findLives finds how long each credential lives.
func (s *simulation) findLives(ctx context.Context, a *apply) error {
	stored, err := s.storedLives(ctx)
	if err != nil {
		a.tell(hcl.Diagnostics{{Severity: hcl.DiagWarning, Summary: "Store could not be read",
			Detail: "How long the credentials live that are stored is not known; the simulation goes by what the plugins say. " + sentence(err)}})
	}
	s.lives = map[string]simulated.Lives{}
	for i, instance := range s.instances {
		if !s.wanted[i] {
			continue
		}
		address := instance.Addr.String()
		p, is := s.played[address], s.flow.schemas[instance.Addr.Vendor]
		p.Address, p.Vendor, p.LeastLeft = address, instance.Addr.Vendor, -1
		_, renews := is.Can(sdk.OpRenew)
		p.Acquired, p.Renewed = declaredLives(is)
		if found, ok := stored[address]; ok && found.key.Vendor == p.Vendor {
			if found.renewed {
				p.Renewed = Life{found.life, LifeStored}
			} else {
				p.Acquired = Life{found.life, LifeStored}
			}
			renews = renews && found.renewable
		}
		block := instance.Addr.Block().String()
		for _, name := range []string{p.Vendor, block, address} { // the strongest last
			if life, ok := s.opts.Lives[name]; ok {
				p.Acquired, p.Renewed = Life{life, LifeGiven}, Life{life, LifeGiven}
			}
		}
		s.lives[address] = simulated.Lives{Acquired: p.Acquired.For, Renewed: p.Renewed.For, Renewable: renews}
		if !renews {
			p.Renewed = Life{}
		}
	}
	return nil
}

// declaredLives are what a plugin says, or an assumption.
func declaredLives(is sdk.Description) (acquired, renewed Life) {
	acquired = Life{supposedLife, LifeAssumed}
	for _, a := range is.Abilities {
		if a.Operation == sdk.OpAcquire && a.Life > 0 {
			acquired = Life{a.Life, LifePlugin}
		}
	}
	renewed = acquired
	for _, a := range is.Abilities {
		if a.Operation == sdk.OpRenew && a.Life > 0 {
			renewed = Life{a.Life, LifePlugin}
		}
	}
	return acquired, renewed
}

// storedLife is how long the credential that an address used last was to live.
type storedLife struct {
	key       store.Key
	life      time.Duration
	renewable bool
	renewed   bool // it was brought by a renewal
}

// storedLives reads the lives of what the flow's addresses used last, without a key: only values are sealed. Where there is no store there are
// none.
func (s *simulation) storedLives(ctx context.Context) (map[string]storedLife, error) {
	settings, diags := s.flow.settings()
	if diags.HasErrors() {
		return nil, s.flow.diagnose(diags)
	}
	path, err := s.flow.rt.storePath(settings.Store)
	if err != nil {
		return nil, nil // there is no place for a store, which matters to who needs one
	}
	if exists, err := stored(path); err != nil || !exists {
		return nil, err
	}
	db, _, err := sqlite.Open(ctx, path, sqlite.Options{MustExist: true, Now: s.flow.rt.now, Version: Version})
	if err != nil {
		return nil, err
	}
	defer func() { _ = db.Close() }() // nothing was written
	uses, err := db.Uses(ctx, s.flow.path)
	lives := map[string]storedLife{}
	for _, use := range uses {
		record, err := db.Record(ctx, use.Key)
		if err != nil || record.Sealed == nil {
			continue // it was forgotten, or never got
		}
		life := sdk.Forever
		if !record.ExpiresAt.IsZero() {
			life = record.ExpiresAt.Sub(record.IssuedAt)
		}
		if life <= 0 {
			continue
		}
		rows, err := db.Exchanges(ctx, store.Query{Vendor: use.Key.Vendor, Account: use.Key.Account})
		if err != nil {
			return lives, err
		}
		found := storedLife{key: use.Key, life: life, renewable: record.Renewable}
		for _, row := range rows {
			if row.Key == use.Key && row.Outcome == "ok" && row.Generation == record.Generation {
				found.renewed = row.Operation == string(sdk.OpRenew)
			}
		}
		lives[use.Address] = found
	}
	return lives, err
}
