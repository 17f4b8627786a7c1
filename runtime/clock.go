package runtime

import (
	"fmt"
	"time"

	"github.com/hashicorp/hcl/v2"

	"github.com/authrun/authrun/runtime/internal/clock"
	"github.com/authrun/authrun/runtime/internal/credential"
)

// tellClock warns, once, where the store holds what has happened in the future: the clock of this host is behind.
func (a *apply) tellClock() {
	latest, ok := a.keeping.store.Ahead()
	a.mu.Lock()
	told := a.clockTold
	a.clockTold = ok
	a.mu.Unlock()
	if !ok || told {
		return
	}
	a.tell(hcl.Diagnostics{{Severity: hcl.DiagWarning, Summary: "Clock is behind the store", Detail: fmt.Sprintf(
		"The store holds what happened at %s, which lies in the future by the clock of this host. Credentials are kept as they are, and limits count "+
			"from the later time.\n\nSet the clock of the host, or if it is right wait until then.", latest.UTC().Format(time.RFC3339))}})
}

// aheadBy is by how much what is stored of a credential lies in the future; 0: it does not.
func aheadBy(look credential.Look, now time.Time) time.Duration {
	latest := look.IssuedAt
	if at := look.Trouble.At; at.After(latest) {
		latest = at
	}
	if !clock.IsAhead(latest, now) {
		return 0
	}
	return latest.Sub(now)
}
