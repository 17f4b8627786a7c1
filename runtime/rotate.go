package runtime

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/authrun/authrun/runtime/internal/credential"
	"github.com/authrun/authrun/runtime/internal/seal"
	"github.com/authrun/authrun/runtime/store"
)

// Rotation is what became of the keys of a store.
type Rotation struct {
	Store    string // its path; empty: it is the program's own
	Source   string // where the keys come from, in words
	KeyFile  string // its path; empty: the keys come from elsewhere, where authrun cannot change them
	Key      string // name of the key that seals the store now; it tells nothing of the key
	Previous string // name of the key that sealed it before; empty: the same one
	Made     bool   // the key was made now
	Resealed int    // credentials that were sealed anew
	Closed   int    // credentials that no key at hand opens: damaged, or sealed with a key that is gone
	// Older are the names of the keys that are at hand beside it, and older; Forgotten those that were taken off the key file.
	Older, Forgotten []string
	Warning          string // what is wrong with the key file, in a sentence; empty: nothing
}

// RotateOptions are the settings of a rotation.
type RotateOptions struct {
	// ForgetOld takes the older keys off the key file in the end. What they sealed elsewhere, another store or a copy of this one, cannot be read
	// any more.
	ForgetOld bool
}

// RotateKey is [Flow.RotateKey] for the store that the options name, or the usual one.
func (r *Runtime) RotateKey(ctx context.Context, opts RotateOptions) (Rotation, error) {
	return r.rotate(ctx, settings{}, (*rotation).rotate, opts)
}

// ForgetKeys is [Flow.ForgetKeys] for the store that the options name, or the usual one.
func (r *Runtime) ForgetKeys(ctx context.Context) (Rotation, error) {
	return r.rotate(ctx, settings{}, (*rotation).onlyForget, RotateOptions{})
}

// RotateKey seals all that the flow's store holds with another key: the newest one at hand, or where the store is sealed with that already a new
// one, which it writes into the key file before the others. It may be broken off at any time and done again, and other processes may use the
// store meanwhile: they read the keys again when they need to. Keys that authrun cannot write, those of AUTHRUN_KEY and
// AUTHRUN_KEY_COMMAND, must give the new one first themselves; the error says so.
func (f *Flow) RotateKey(ctx context.Context, opts RotateOptions) (Rotation, error) {
	settings, diags := f.settings()
	if diags.HasErrors() {
		return Rotation{}, f.diagnose(diags)
	}
	return f.rt.rotate(ctx, settings, (*rotation).rotate, opts)
}

// ForgetKeys takes the keys off the key file that are older than the one that seals the flow's store. It refuses where that store needs one of
// them; whether another one does, or a copy, it cannot know.
func (f *Flow) ForgetKeys(ctx context.Context) (Rotation, error) {
	settings, diags := f.settings()
	if diags.HasErrors() {
		return Rotation{}, f.diagnose(diags)
	}
	return f.rt.rotate(ctx, settings, (*rotation).onlyForget, RotateOptions{})
}

// rotationLock is the name of the lock that whoever rotates the key of a store holds. No account's lock has such a name.
const rotationLock = "key rotation"

// rotate opens a store and changes its keys. With an error comes what was done before it.
func (r *Runtime) rotate(ctx context.Context, settings settings, do func(*rotation, context.Context, RotateOptions) error,
	opts RotateOptions) (Rotation, error) {
	k, err := r.open(ctx, settings, false)
	if errors.Is(err, errNoStore) {
		path, _ := r.storePath(settings.Store) // empty: it is the program's
		return Rotation{Store: path}, errors.New("there is no store yet, so that there is nothing to seal anew")
	}
	if err != nil {
		return Rotation{}, err
	}
	db := k.store.Store
	if checked, ok := db.(interface{ ReadOnly() error }); ok && checked.ReadOnly() != nil {
		return Rotation{Store: k.path}, fmt.Errorf("the key cannot be changed: %w", checked.ReadOnly())
	}
	lease, err := db.Lock(ctx, rotationLock)
	if err != nil {
		return Rotation{Store: k.path}, fmt.Errorf("the key cannot be changed: %w", err)
	}
	defer lease.Unlock()
	o := &rotation{Rotation: Rotation{Store: k.path, Source: k.source.name, KeyFile: k.source.file}, store: db, rand: r.rand, change: seal.ChangeFile,
		keys: func(ctx context.Context) (seal.Ring, error) { return r.keys(ctx, k.source) },
		unlock: func(ctx context.Context, ring seal.Ring) (credential.Sealing, error) {
			sealing, _, err := r.unlock(ctx, db, ring, k.source)
			return sealing, err
		}}
	err = do(o, ctx, opts)
	return o.Rotation, err
}

// rotation changes the keys of one store. Each of its steps leaves all readable with the keys at hand, so that it may end behind any of them: the
// new key is on the disk before anything is sealed with it, and an old one is dropped when nothing is any more.
type rotation struct {
	Rotation
	store  store.Store
	rand   io.Reader
	keys   func(context.Context) (seal.Ring, error)
	unlock func(context.Context, seal.Ring) (credential.Sealing, error)
	change func(ctx context.Context, path string, change func(seal.Ring) (seal.Ring, error)) (seal.Ring, error)
}

// now reads the keys, and finds the one that seals the store.
func (o *rotation) now(ctx context.Context) (credential.Sealing, error) {
	ring, err := o.keys(ctx)
	if err != nil {
		return credential.Sealing{}, err
	}
	o.Warning = ring.Warning()
	return o.unlock(ctx, ring)
}

// keeper is a keeper for what seals the store.
func (o *rotation) keeper(now credential.Sealing) *credential.Keeper {
	return &credential.Keeper{Store: o.store, Keys: credential.NewKeys(now, nil), Rand: o.rand}
}

func (o *rotation) rotate(ctx context.Context, opts RotateOptions) error {
	was, err := o.now(ctx)
	if err != nil {
		return err
	}
	o.Key = was.Key.Name()
	unfinished, err := o.keeper(was).SealedOtherwise(ctx)
	if err != nil {
		return err
	}
	ring := was.Ring
	if was.Key.Name() == ring.Newest().Name() && unfinished == 0 {
		if ring, err = o.newer(ctx, was.Key); err != nil {
			return err
		}
	}
	if err := o.switchTo(ctx, was, ring.Newest()); err != nil {
		return err
	}
	now, err := o.unlock(ctx, ring)
	if err != nil {
		return err
	}
	resealed, err := o.keeper(now).Reseal(ctx)
	o.Resealed, o.Closed = resealed.Done, resealed.Closed
	if err != nil {
		return err
	}
	o.older(ring)
	if opts.ForgetOld {
		return o.forget(ctx)
	}
	return nil
}

// newer makes a new key, and writes it before the others. Where the key file has a newer one by now, which the rotation of another store made, that
// one serves.
func (o *rotation) newer(ctx context.Context, than seal.Key) (seal.Ring, error) {
	if o.KeyFile == "" {
		return seal.Ring{}, fmt.Errorf("%s gives no newer key than %s, with which all is sealed already, and authrun cannot change it. Make it give a "+
			"new one, which `authrun key new` prints, and behind it, apart by a space or a line end, the present one. Then run this again",
			o.Source, than.Name())
	}
	fresh, err := seal.NewKey(o.rand)
	if err != nil {
		return seal.Ring{}, err
	}
	ring, err := o.change(ctx, o.KeyFile, func(ring seal.Ring) (seal.Ring, error) {
		if ring.Newest().Name() != than.Name() {
			return ring, nil
		}
		return ring.With(fresh), nil
	})
	o.Made = err == nil && ring.Newest().Name() == fresh.Name()
	return ring, err
}

// switchTo makes a key the one that seals: from then on nothing can be stored that another one sealed.
func (o *rotation) switchTo(ctx context.Context, was credential.Sealing, key seal.Key) error {
	if was.Key.Name() == key.Name() {
		return nil
	}
	sealed := was.Given[0].Value
	plain, err := was.Ring.Open(sealed, seal.Bind(hashKey))
	if err != nil {
		return err
	}
	anew, err := key.Seal(o.rand, plain, seal.Bind(hashKey))
	if err != nil {
		return err
	}
	if err := o.store.SwapValue(ctx, hashKey, sealed, anew); err != nil {
		return err
	}
	o.Previous, o.Key = was.Key.Name(), key.Name()
	return nil
}

// onlyForget is forget for a store that needs none of the older keys.
func (o *rotation) onlyForget(ctx context.Context, _ RotateOptions) error {
	now, err := o.now(ctx)
	if err != nil {
		return err
	}
	o.Key = now.Key.Name()
	keeper := o.keeper(now)
	switch left, err := keeper.SealedOtherwise(ctx); {
	case err != nil:
		return err
	case left > 0:
		return fmt.Errorf("a rotation was broken off, and %s not sealed with the key %s yet. Run `authrun key rotate` first",
			map[bool]string{true: "one credential is", false: fmt.Sprintf("%d credentials are", left)}[left == 1], o.Key)
	}
	return o.forget(ctx)
}

// forget takes the keys off the file that are older than the one that seals the store.
func (o *rotation) forget(ctx context.Context) error {
	if o.KeyFile == "" {
		return fmt.Errorf("%s gives the keys, and authrun cannot change it: take the older ones away there", o.Source)
	}
	var old seal.Ring
	ring, err := o.change(ctx, o.KeyFile, func(ring seal.Ring) (seal.Ring, error) {
		old = ring
		passed := false
		return ring.Only(func(k seal.Key) bool {
			keep := !passed
			passed = passed || k.Name() == o.Key
			return keep
		}), nil
	})
	if err != nil {
		return err
	}
	o.older(old)
	o.Forgotten = o.Older
	o.older(ring)
	return nil
}

// older notes which of the keys are older than the one that seals the store.
func (o *rotation) older(ring seal.Ring) {
	o.Older = nil
	passed := false
	for _, k := range ring.Keys() {
		if passed {
			o.Older = append(o.Older, k.Name())
		}
		passed = passed || k.Name() == o.Key
	}
}

// NewKey makes a key in the form that AUTHRUN_KEY, a command and a key file take: a line. It is a secret.
func (r *Runtime) NewKey() (string, error) {
	key, err := seal.NewKey(r.rand)
	if err != nil {
		return "", err
	}
	return key.Text(), nil
}
