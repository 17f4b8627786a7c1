package runtime

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/authrun/authrun/runtime/internal/credential"
	"github.com/authrun/authrun/runtime/internal/seal"
	"github.com/authrun/authrun/runtime/store"
	"github.com/authrun/authrun/runtime/store/memory"
	"github.com/authrun/authrun/sdk"
)

// vault is a store with credentials, and the file of its key.
type vault struct {
	t      *testing.T
	rt     *Runtime
	store  store.Store
	source keySource
}

// inVault is how many credentials one has.
const inVault = 3

func newVault(t *testing.T, keyFile string) *vault {
	t.Helper()
	rt, err := Open(Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := rt.Close(); err != nil {
			t.Error(err)
		}
	})
	v := &vault{t: t, rt: rt, store: memory.New(), source: keySource{name: "the key file " + keyFile, file: keyFile}}
	if _, err := rt.keysOf(t.Context(), v.source, "store", false); err != nil {
		t.Fatal(err)
	}
	process := v.process()
	for i := range inVault {
		if _, err := process.Import(t.Context(), block(i), fmt.Appendf(nil, `{"token":"secret-%d"}`, i), time.Hour); err != nil {
			t.Fatal(err)
		}
	}
	return v
}

func block(i int) credential.Block {
	return credential.Block{Address: fmt.Sprintf("auth.shop.u%d", i), Schema: sdk.Description{Vendor: "shop"},
		Account: map[string]json.RawMessage{"user": fmt.Appendf(nil, "%d", i)}}
}

// process is a keeper with the keys that there are now, as another process has it.
func (v *vault) process() *credential.Keeper {
	v.t.Helper()
	ring, err := v.rt.keys(v.t.Context(), v.source)
	if err != nil {
		v.t.Fatal(err)
	}
	sealing, hasher, err := v.rt.unlock(v.t.Context(), v.store, ring, v.source)
	if err != nil {
		v.t.Fatal(err)
	}
	return &credential.Keeper{Store: v.store, Keys: credential.NewKeys(sealing, v.rt.unlockAgain(v.store, v.source)), Hasher: hasher, Now: time.Now,
		Rand: rand.Reader, Learn: func(...string) {}}
}

// reads fails the test where a process cannot read every credential.
func (v *vault) reads(k *credential.Keeper, when string) {
	v.t.Helper()
	for i := range inVault {
		valid, found, err := k.Peek(v.t.Context(), block(i))
		if want := fmt.Sprintf(`{"token":"secret-%d"}`, i); err != nil || found != credential.Alive || string(valid.Value) != want {
			v.t.Errorf("%s: the value of %s is %q, found %v, error %v", when, block(i).Address, valid.Value, found, err)
		}
	}
}

// sealedWith is the names of the keys that seal something.
func (v *vault) sealedWith() map[string]int {
	v.t.Helper()
	names := map[string]int{}
	records, err := v.store.Records(v.t.Context(), "", "")
	if err != nil {
		v.t.Fatal(err)
	}
	for _, r := range records {
		names[seal.SealedBy(r.Sealed)]++
	}
	hashes, err := v.store.Value(v.t.Context(), hashKey)
	if err != nil {
		v.t.Fatal(err)
	}
	names[seal.SealedBy(hashes)]++
	return names
}

// inFile is the names of the keys of the file, the newest one first.
func (v *vault) inFile() []string {
	v.t.Helper()
	ring, err := seal.LoadRing(v.source.file)
	if err != nil {
		v.t.Fatal(err)
	}
	return strings.Split(ring.Names(), ", ")
}

// rotation is one that breaks off where the trap does.
func (v *vault) rotation(s *trap) *rotation {
	if s == nil {
		s = &trap{}
	}
	s.Store = v.store
	return &rotation{Rotation: Rotation{KeyFile: v.source.file, Source: v.source.name}, store: s, rand: rand.Reader,
		keys: func(ctx context.Context) (seal.Ring, error) { return v.rt.keys(ctx, v.source) },
		unlock: func(ctx context.Context, ring seal.Ring) (credential.Sealing, error) {
			sealing, _, err := v.rt.unlock(ctx, s, ring, v.source)
			return sealing, err
		},
		change: func(ctx context.Context, path string, change func(seal.Ring) (seal.Ring, error)) (ring seal.Ring, err error) {
			err = s.step(func() error { ring, err = seal.ChangeFile(ctx, path, change); return err })
			return ring, err
		}}
}

// trap is a store in which a process is killed at a step: before it, or when it is done and nobody knows.
type trap struct {
	store.Store
	at     int // step, from 1; 0: never
	behind bool
	steps  int
}

var errKilled = errors.New("killed")

func (s *trap) step(do func() error) error {
	s.steps++
	killed := s.at > 0 && s.steps >= s.at
	if killed && (s.steps > s.at || !s.behind) {
		return errKilled
	}
	if err := do(); err != nil {
		return err
	}
	if killed {
		return errKilled
	}
	return nil
}

func (s *trap) Value(ctx context.Context, name string) (value []byte, err error) {
	err = s.step(func() error { value, err = s.Store.Value(ctx, name); return err })
	return value, err
}

func (s *trap) SwapValue(ctx context.Context, name string, old, value []byte) error {
	return s.step(func() error { return s.Store.SwapValue(ctx, name, old, value) })
}

func (s *trap) Records(ctx context.Context, vendor, account string) (records []store.Record, err error) {
	err = s.step(func() error { records, err = s.Store.Records(ctx, vendor, account); return err })
	return records, err
}

func (s *trap) Record(ctx context.Context, key store.Key) (record store.Record, err error) {
	err = s.step(func() error { record, err = s.Store.Record(ctx, key); return err })
	return record, err
}

func (s *trap) Lock(ctx context.Context, name string) (lease store.Lease, err error) {
	err = s.step(func() error { lease, err = s.Store.Lock(ctx, name); return err })
	if errors.Is(err, errKilled) && lease != nil {
		lease.Unlock() // the kernel does, for one that was killed
	}
	return lease, err
}

func (s *trap) Commit(ctx context.Context, c store.Change) error {
	return s.step(func() error { return s.Store.Commit(ctx, c) })
}

// TestRotateKilledAnywhere breaks a rotation off at each of its steps, before and behind it. Whoever worked before reads on, whoever starts then
// reads, and run again it does its work.
func TestRotateKilledAnywhere(t *testing.T) {
	whole := &trap{}
	if err := newVault(t, filepath.Join(t.TempDir(), "key")).rotation(whole).rotate(t.Context(), RotateOptions{ForgetOld: true}); err != nil {
		t.Fatal(err)
	}
	if whole.steps < 15 {
		t.Fatalf("a rotation has %d steps: they are not counted", whole.steps)
	}
	for at := 1; at <= whole.steps; at++ {
		for _, behind := range []bool{false, true} {
			t.Run(fmt.Sprintf("%d,%v", at, behind), func(t *testing.T) {
				v := newVault(t, filepath.Join(t.TempDir(), "key"))
				first, before := v.inFile()[0], v.process()
				err := v.rotation(&trap{at: at, behind: behind}).rotate(t.Context(), RotateOptions{ForgetOld: true})
				if !errors.Is(err, errKilled) {
					t.Fatalf("it was not killed: %v", err)
				}
				v.reads(before, "one who worked before")
				v.reads(v.process(), "one who comes then")

				again := v.rotation(nil)
				if err := again.rotate(t.Context(), RotateOptions{ForgetOld: true}); err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(map[string]int{again.Key: inVault + 1}, v.sealedWith()); diff != "" {
					t.Errorf("sealed with (- wanted, + got)\n%s", diff)
				}
				if diff := cmp.Diff([]string{again.Key}, v.inFile()); diff != "" || again.Key == first {
					t.Errorf("the key was %s, and in the file there are (- wanted, + got)\n%s", first, diff)
				}
				v.reads(before, "one who worked before, in the end")
				v.reads(v.process(), "one who comes in the end")
			})
		}
	}
}

func TestRotate(t *testing.T) {
	v := newVault(t, filepath.Join(t.TempDir(), "key"))
	first, hashes := v.inFile()[0], v.process().Hasher.Account("shop", nil)
	o := v.rotation(nil)
	if err := o.rotate(t.Context(), RotateOptions{}); err != nil {
		t.Fatal(err)
	}
	want := Rotation{Source: v.source.name, KeyFile: v.source.file, Key: v.inFile()[0], Previous: first, Made: true, Resealed: inVault, Older: []string{first}}
	if diff := cmp.Diff(want, o.Rotation); diff != "" {
		t.Errorf("(- wanted, + got)\n%s", diff)
	}
	if again := v.process().Hasher.Account("shop", nil); again != hashes {
		t.Error("accounts have another hash than before")
	}

	o = v.rotation(nil)
	if err := o.onlyForget(t.Context(), RotateOptions{}); err != nil {
		t.Fatal(err)
	}
	want = Rotation{Source: v.source.name, KeyFile: v.source.file, Key: want.Key, Forgotten: []string{first}}
	if diff := cmp.Diff(want, o.Rotation); diff != "" {
		t.Errorf("to forget (- wanted, + got)\n%s", diff)
	}
	v.reads(v.process(), "afterwards")
}

// What one with the old key got from a vendor while the key was rotated is sealed with the new one.
func TestRotateUnderAWriter(t *testing.T) {
	v := newVault(t, filepath.Join(t.TempDir(), "key"))
	before := v.process()
	o := v.rotation(nil)
	if err := o.rotate(t.Context(), RotateOptions{ForgetOld: true}); err != nil {
		t.Fatal(err)
	}
	if _, err := before.Import(t.Context(), block(inVault), []byte(`{"token":"late"}`), time.Hour); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]int{o.Key: inVault + 2}, v.sealedWith()); diff != "" {
		t.Errorf("sealed with (- wanted, + got)\n%s", diff)
	}
}

// Two stores may have one key file: to rotate the one does not lock the other out, which then gets the new key, too.
func TestRotateStoresOfOneKeyFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	one, other := newVault(t, path), newVault(t, path)
	if err := one.rotation(nil).rotate(t.Context(), RotateOptions{}); err != nil {
		t.Fatal(err)
	}
	other.reads(other.process(), "the other store")
	o := other.rotation(nil)
	if err := o.rotate(t.Context(), RotateOptions{}); err != nil {
		t.Fatal(err)
	}
	if o.Made || o.Key != one.inFile()[0] || len(one.inFile()) != 2 || o.Resealed != inVault {
		t.Errorf("the other store: %+v, in the file there are %v", o.Rotation, one.inFile())
	}
	one.reads(one.process(), "the first store")

	// Where the first is rotated once more, the second keeps what it needs when the first forgets.
	if err := one.rotation(nil).rotate(t.Context(), RotateOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := other.rotation(nil).onlyForget(t.Context(), RotateOptions{}); err != nil {
		t.Fatal(err)
	}
	if len(one.inFile()) != 2 {
		t.Errorf("in the file there are %v", one.inFile())
	}
	one.reads(one.process(), "the first store, in the end")
	other.reads(other.process(), "the other store, in the end")
}

// Keys that authrun cannot write rotate as soon as their source gives a new one before the present one.
func TestRotateKeysOfAVariable(t *testing.T) {
	v := newVault(t, filepath.Join(t.TempDir(), "key"))
	text, err := os.ReadFile(v.source.file)
	if err != nil {
		t.Fatal(err)
	}
	v.source = keySource{name: "AUTHRUN_KEY", content: string(text)}
	o := v.rotation(nil)
	err = o.rotate(t.Context(), RotateOptions{})
	if err == nil || !strings.Contains(err.Error(), "authrun key new") {
		t.Errorf("with one key: %v", err)
	}
	fresh, err := v.rt.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	v.source.content = fresh + string(text)
	o = v.rotation(nil)
	if err := o.rotate(t.Context(), RotateOptions{}); err != nil || o.Made || o.Resealed != inVault || len(o.Older) != 1 {
		t.Errorf("with two keys: %+v, %v", o.Rotation, err)
	}
	if err := v.rotation(nil).onlyForget(t.Context(), RotateOptions{}); err == nil || !strings.Contains(err.Error(), "AUTHRUN_KEY") {
		t.Errorf("to forget: %v", err)
	}
	v.source.content = fresh
	v.reads(v.process(), "with the new key alone")
}

func TestForgetRefusesWhatIsNeeded(t *testing.T) {
	v := newVault(t, filepath.Join(t.TempDir(), "key"))
	// The first value is sealed anew, the others are not.
	for at := 1; len(v.sealedWith()) < 2; at++ {
		if err := v.rotation(&trap{at: at}).rotate(t.Context(), RotateOptions{}); !errors.Is(err, errKilled) {
			t.Fatal(err)
		}
	}
	if err := v.rotation(nil).onlyForget(t.Context(), RotateOptions{}); err == nil || !strings.Contains(err.Error(), "Run `authrun key rotate` first") {
		t.Errorf("error %v", err)
	}
	if len(v.inFile()) != 2 {
		t.Errorf("in the file there are %v", v.inFile())
	}
}

// A value that nobody can open is told, stays, and stands in the way of nothing.
func TestRotatePastDamage(t *testing.T) {
	v := newVault(t, filepath.Join(t.TempDir(), "key"))
	records, err := v.store.Records(t.Context(), "", "")
	if err != nil {
		t.Fatal(err)
	}
	broken := records[0]
	broken.Sealed[len(broken.Sealed)-1] ^= 1
	if err := v.store.Commit(t.Context(), store.Change{Put: &broken, Expect: broken.Generation}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		o := v.rotation(nil)
		if err := o.rotate(t.Context(), RotateOptions{ForgetOld: true}); err != nil || o.Closed != 1 || o.Resealed != inVault-1 || !o.Made {
			t.Errorf("%+v, %v", o.Rotation, err)
		}
	}
	if record, err := v.store.Record(t.Context(), broken.Key); err != nil || !cmp.Equal(record.Sealed, broken.Sealed) {
		t.Errorf("the damaged one was changed (%v)", err)
	}
}
