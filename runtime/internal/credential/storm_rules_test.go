package credential

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/authrun/authrun/runtime/internal/seal"
	"github.com/authrun/authrun/runtime/store"
	"github.com/authrun/authrun/sdk"
)

// rules are what must hold in every storm. They are a second account of what happens, kept without a look at how the keeper keeps its own.
type rules struct {
	storm   *storm
	sent    int                  // exchanges that reached the vendor
	deaths  int                  // processes
	flights map[string]*process  // by account: whose exchange is under way
	stories map[store.Key]*story // by record
	latched map[string]time.Time // by account and secret, or by the whole request: since when it must not be sent again
}

// story is what happened to one record.
type story struct {
	failures int       // runs in a row that failed at the vendor or the plugin
	next     time.Time // nobody may ask before
	number   int       // of the token that is stored
}

func newRules(s *storm) *rules {
	return &rules{storm: s, flights: map[string]*process{}, stories: map[store.Key]*story{}, latched: map[string]time.Time{}}
}

func (r *rules) story(key store.Key) *story {
	if r.stories[key] == nil {
		r.stories[key] = &story{}
	}
	return r.stories[key]
}

// arrived checks an exchange that has just reached the vendor.
func (r *rules) arrived(p *process, op string) {
	s := r.storm
	r.sent++
	if other := r.flights[p.run.account]; other != nil {
		s.breaks("%s calls for %s while %s does", p.name, p.run.account, other.name)
	}
	r.flights[p.run.account] = p
	r.recorded(p)
	if p.run.calls == 0 && !p.run.block.Forced {
		r.allowed(p)
	}
	if !p.run.block.Forced {
		r.needed(p)
	}
	p.run.calls++
	r.within(p, op)
}

// jumped is told that the clock did. No time that was noted before means anything for what comes after, unless the storm is steady: then it
// jumps along.
func (r *rules) jumped(by time.Duration) {
	for _, p := range r.storm.processes {
		p.run.jumped = true
	}
	for _, st := range r.stories {
		if !r.storm.plan.steady || st.next.IsZero() {
			st.next = time.Time{}
			continue
		}
		st.next = st.next.Add(by)
	}
}

// wild tells whether the times that a process goes by may be wrong.
func (r *rules) wild(p *process) bool {
	return r.storm.plan.jumps && (!r.storm.plan.steady || p.run.jumped)
}

// recorded: an exchange that leaves stands in the ledger already, with its outcome open.
func (r *rules) recorded(p *process) {
	open := 0
	rows := r.rows()
	for _, row := range rows {
		if row.Process == p.name && row.Key == p.run.key && row.Outcome == "" {
			open++
		}
	}
	if open == 0 {
		r.storm.breaks("%s calls, and the ledger does not know of it", p.name)
	}
	if len(rows) < r.sent {
		r.storm.breaks("the ledger has %d rows, and %d exchanges were sent", len(rows), r.sent)
	}
}

func (r *rules) rows() []store.Exchange {
	rows, err := r.storm.store.Exchanges(context.Background(), store.Query{})
	if err != nil {
		r.storm.breaks("the ledger cannot be read: %v", err)
	}
	return rows
}

// allowed: nobody calls before the back-off of the last failure is over, nor with what was refused, restarted or not.
func (r *rules) allowed(p *process) {
	s, now := r.storm, r.storm.wall()
	if st := r.story(p.run.key); !p.run.jumped && now.Before(st.next) {
		s.breaks("%s calls %s before the back-off is over, after %d failures", p.name, st.next.Sub(now), st.failures)
	}
	for _, what := range []string{p.run.account + p.run.secret, p.run.account + string(p.run.block.Config)} {
		if since, refused := r.latched[what]; refused {
			s.breaks("%s sends again what was refused at %s", p.name, since)
		}
	}
	var open []store.Exchange // the last calls for the record that nobody finished, and this one
	for _, row := range r.rows() {
		switch {
		case row.Key != p.run.key || now.Sub(row.At) > unfinishedSince:
		case row.Outcome == "":
			open = append(open, row)
		default:
			open = nil
		}
	}
	if n := len(open) - 1; n > s.vendor.calls && !s.plan.jumps && open[n].At.Sub(open[n-1].At) < time.Second {
		s.breaks("%s calls at once after %d calls that nobody finished", p.name, n)
	}
}

// needed: nobody calls for what lives.
func (r *rules) needed(p *process) {
	record, err := r.storm.steadied(r.storm.store).Record(context.Background(), p.run.key)
	if errors.Is(err, store.ErrNotFound) || record.Sealed == nil || r.wild(p) || p.run.block.Refused != "" {
		return
	}
	now := r.storm.wall()
	left := record.ExpiresAt.Sub(now)
	window := record.ExpiresAt.Sub(record.IssuedAt) * 11 / 100 // the default, with all of its jitter
	retired := !record.RetiredAt.IsZero() && !now.Before(record.RetiredAt)
	if left > window && left >= p.run.block.MinLife && !retired {
		r.storm.breaks("%s calls although the stored credential lives for %s", p.name, left)
	}
}

// within: the vendor's limits are never reached. What a person forces may reach a lock-out; a clock that jumped may reach anything.
func (r *rules) within(p *process, op string) {
	s, v := r.storm, r.storm.vendor
	a := v.accounts[p.run.account]
	defer func() { a.asked = append(a.asked, asking{s.now, p.run.row, p}) }()
	if r.wild(p) {
		return
	}
	if n := len(a.asked); n > 0 && s.now.Sub(a.asked[n-1].at) < v.interval {
		s.breaks("%s calls %s after the call before; the vendor wants %s", p.name, s.now.Sub(a.asked[n-1].at), v.interval)
	}
	if v.quota != nil {
		used := 1
		for _, c := range a.asked {
			if s.now.Sub(c.at) < v.quota.Sliding {
				used++
			}
		}
		if used > v.quota.Count {
			s.breaks("%s makes call %d of %d in %s", p.name, used, v.quota.Count, v.quota.Sliding)
		}
	}
	if v.lockout == nil || op != string(sdk.OpAcquire) {
		return
	}
	if p.run.block.Forced {
		a.refusals = nil
	}
	if n := len(a.refusals) + 1 - v.lockout.Refusals; n >= 0 && s.now.Sub(a.refusals[n].at) < v.lockout.Hold {
		s.breaks("%s risks refusal %d within %s", p.name, v.lockout.Refusals, s.now.Sub(a.refusals[n].at))
	}
}

// answered is told that an answer reached a process, or that it will never.
func (r *rules) answered(p *process, a reply) {
	if r.flights[p.run.account] == p {
		delete(r.flights, p.run.account)
	}
	p.hears(a)
}

// died is told that a process is gone, and with it what it had under way.
func (r *rules) died(p *process) {
	r.deaths++
	if r.flights[p.run.account] == p {
		delete(r.flights, p.run.account)
	}
	a := r.storm.vendor.accounts[p.run.account]
	for _, all := range [][]asking{a.asked, a.refusals} {
		for i, c := range all {
			if c.by == p && !c.at.Before(p.run.began) {
				all[i].at = c.row // Nobody can know when the vendor saw this call; its row is all that is left of it.
			}
		}
	}
}

// commit lets a change through to the store and checks what became of the record: a value is only ever replaced, by one that was asked for
// later, and then under a greater generation.
func (r *rules) commit(ctx context.Context, p *process, s store.Store, c store.Change) error {
	if len(c.Forget) > 0 {
		r.storm.breaks("%s forgets records", p.name)
	}
	if c.Put == nil {
		return s.Commit(ctx, c)
	}
	before, _ := s.Record(ctx, c.Put.Key) // none is there if that fails
	if err := s.Commit(ctx, c); err != nil {
		return err
	}
	ctx = context.WithoutCancel(ctx)
	after, err := s.Record(ctx, c.Put.Key)
	switch {
	case err != nil:
		r.storm.breaks("%s put a record, and there is none: %v", p.name, err)
		return nil
	case before.Sealed != nil && after.Sealed == nil:
		r.storm.breaks("%s drops a value before there is another", p.name)
	case after.Generation < before.Generation:
		r.storm.breaks("%s puts generation %d over %d", p.name, after.Generation, before.Generation)
	}
	if after.Sealed == nil {
		return nil
	}
	was, is := r.opened(before), r.opened(after)
	if !bytes.Equal(was.Value, is.Value) && after.Generation == before.Generation {
		r.storm.breaks("%s changes a value within generation %d", p.name, after.Generation)
	}
	t := r.storm.vendor.accounts[p.run.account].tokens[tokenIn(is.Value)]
	switch st := r.story(c.Put.Key); {
	case t == nil:
		r.storm.breaks("%s stores %s, which the vendor never gave", p.name, is.Value)
	case t.number < st.number:
		r.storm.breaks("%s stores %s over one that was given later", p.name, t.name)
	case t.number > st.number:
		*st = story{number: t.number}
		r.accepts(p)
		r.replaces(p, t)
	}
	r.storm.tell("%s stores %s, generation %d, trouble %q until %s", p.name, is.Value, after.Generation, after.Trouble.Class, after.Trouble.NextTry)
	return nil
}

// replaces notes which tokens of the account nobody may hand out any more: those of other secrets, where the vendor may have killed them.
func (r *rules) replaces(p *process, by *token) {
	if second := r.storm.vendor.schema.Token.Second; second == sdk.KeepsFirst || second == sdk.SameToken {
		return
	}
	for _, t := range r.storm.vendor.accounts[p.run.account].tokens {
		if t.secret != by.secret && t.replaced.IsZero() && t.number < by.number {
			t.replaced = r.storm.now
		}
	}
}

// accepts notes that the vendor takes what it refused before.
func (r *rules) accepts(p *process) {
	delete(r.latched, p.run.account+p.run.secret)
	delete(r.latched, p.run.account+string(p.run.block.Config))
}

func (r *rules) opened(record store.Record) (c content) {
	if record.Sealed == nil {
		return c
	}
	plain, err := r.storm.key.Open(record.Sealed, bound(record.Key, record.Generation))
	if err == nil {
		err = json.Unmarshal(plain, &c)
	}
	if err != nil {
		r.storm.breaks("a stored value does not open: %v", err)
	}
	return c
}

// ended checks what a run gave, and notes what must not be done after it.
func (r *rules) ended(p *process, v Valid, err error) {
	s, st := r.storm, r.story(p.run.key)
	var failed *Failed
	switch {
	case err == nil:
		s.tell("%s ends: %s %s (%s) %s", p.name, v.Did, v.Value, v.Reason, v.Warning)
		r.lives(p, v)
	case !errors.As(err, &failed):
		s.breaks("%s ends with an error of its own: %v", p.name, err)
	default:
		s.tell("%s ends: %v", p.name, err)
	}
	if p.run.heard.IsZero() {
		return
	}
	why := p.run.last
	if t := s.vendor.accounts[p.run.account].tokens[why.Token]; t != nil && t.number > st.number {
		s.breaks("%s got %s and did not store it", p.name, t.name)
	}
	switch sdk.Class(why.Class) {
	case "":
		*st = story{number: st.number}
		r.accepts(p)
		same := s.vendor.schema.Token.Second == sdk.SameToken // That one cannot do better, and is not asked to.
		if v.Did == Acquire && (why.Life < p.run.block.MinLife && !same || why.Token == p.run.block.Refused) && !p.run.jumped {
			st.next = p.run.heard.Add(min(time.Second, why.Life))
		}
	case sdk.InvalidCredentials:
		r.latched[p.run.account+p.run.secret] = s.wall()
	case sdk.InvalidRequest:
		r.latched[p.run.account+string(p.run.block.Config)] = s.wall()
	case sdk.TokenDead:
	default:
		if failed != nil && failed.Class == ClassCanceled || v.Class == ClassCanceled {
			return // It was interrupted at a moment that may be before or after the failure was stored.
		}
		r.fails(p, why)
	}
}

// fails notes until when nobody may ask after a run that failed: the vendor says it, or it doubles from a second to five minutes.
func (r *rules) fails(p *process, why reply) {
	st := r.story(p.run.key)
	st.failures++
	delay := 5 * time.Minute
	if st.failures < 9 {
		delay = time.Second << (st.failures - 1)
	}
	if why.RetryAfter > 0 {
		delay = why.RetryAfter
	}
	if !p.run.jumped {
		st.next = p.run.heard.Add(delay)
	}
}

// lives: what is handed out lives, and was given for the same secret.
func (r *rules) lives(p *process, v Valid) {
	s, name := r.storm, tokenIn(v.Value)
	t := s.vendor.accounts[p.run.account].tokens[name]
	switch {
	case t == nil:
		s.breaks("%s hands out %s, which the vendor never gave", p.name, v.Value)
	case t.secret != p.run.secret:
		s.breaks("%s hands out %s, which was given for another secret", p.name, name)
	case !r.wild(p) && !p.run.began.Before(t.ends):
		s.breaks("%s hands out %s, which is dead since %s", p.name, name, t.ends)
	case !r.wild(p) && !t.replaced.IsZero() && t.replaced.Before(p.run.began):
		s.breaks("%s hands out %s, which another one replaced at %s", p.name, name, t.replaced)
	}
}

// afterwards checks a site on which the storm is over: it counted all that was sent, and comes to rest with no more calls than it must make.
func (r *rules) afterwards() {
	s := r.storm
	if s.broken != "" {
		return
	}
	rows := r.rows()
	if len(rows) < r.sent || r.deaths == 0 && len(rows) != r.sent {
		s.breaks("the ledger has %d rows, %d exchanges were sent, and %d processes died", len(rows), r.sent, r.deaths)
	}
	for _, row := range rows {
		if r.deaths == 0 && row.Outcome == "" {
			s.breaks("nobody died, and nobody knows what came of exchange %d", row.ID)
		}
	}
	s.pass(100 * 24 * time.Hour)
	for n := range s.plan.accounts {
		w := s.wish(n, "right")
		k := &Keeper{Store: s.store, Hasher: seal.NewHasher([seal.KeySize]byte{1})}
		latch, err := k.latch(context.Background(), k.latches(w.block, k.keyOf(w.block)))
		if err != nil {
			s.breaks("the latches cannot be read: %v", err)
		}
		w.block.Forced = latch != nil
		r.rests(w)
	}
}

// rests: with a vendor that is well all processes at once make one call between them, have what it gave, and then make no more.
func (r *rules) rests(w run) {
	s, before := r.storm, r.sent
	for range 2 {
		for _, p := range s.processes {
			p.start(w)
		}
		s.finish()
		for _, p := range s.processes {
			if p.run.last.Class != "" {
				s.breaks("%s fails in the calm: %+v", p.name, p.run.last)
			}
		}
		if calls := r.sent - before; calls != s.vendor.calls && s.broken == "" {
			s.breaks("in the calm %d exchanges were made for %s; one acquire makes %d", calls, w.account, s.vendor.calls)
		}
		w.block.Forced = false
	}
}
