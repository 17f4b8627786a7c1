package runtime

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/authrun/authrun/runtime/internal/clock"
	"github.com/authrun/authrun/runtime/internal/credential"
	"github.com/authrun/authrun/runtime/internal/seal"
	"github.com/authrun/authrun/runtime/store"
	"github.com/authrun/authrun/runtime/store/memory"
	"github.com/authrun/authrun/runtime/store/sqlite"
)

// keeping is an open store and the keeper that works with it.
type keeping struct {
	store   *clock.Store
	keeper  *credential.Keeper
	source  keySource
	path    string
	made    bool   // the store was made just now
	warning string // of the key's file; empty: none
}

// errNoStore says that there is no store yet where one is only to be read.
var errNoStore = errors.New("nothing is stored yet")

// hashKey is the name under which the store holds the key that hashes accounts and arguments. It is random, sealed, and stays when the
// sealing key is changed: the hashes are what records are found by.
const hashKey = "hash-key"

// open opens the store of a flow, and makes one if there is none and create is set. Stores stay open until the Runtime is closed.
func (r *Runtime) open(ctx context.Context, settings settings, create bool) (*keeping, error) {
	if r.rehearsal != nil {
		return r.rehearsal.keeping, nil
	}
	if r.opts.Backend != nil {
		return r.openBackend(ctx, settings, create)
	}
	path, err := r.storePath(settings.Store)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if k := r.stores[path]; k != nil {
		return k, nil
	}
	exists, err := stored(path)
	if err != nil {
		return nil, fmt.Errorf("the store %s cannot be opened: %w", path, err)
	}
	if !exists && r.opts.StoreMustExist {
		return nil, fmt.Errorf("there is no store at %s, and --store-must-exist forbids making one", path)
	}
	if !exists && !create {
		return nil, errNoStore
	}
	// The key comes before the store: a store whose key was never written would be lost.
	source, err := r.keySource(settings.KeyFile)
	if err != nil {
		return nil, fmt.Errorf("the store %s cannot be opened: %w", path, err)
	}
	ring, err := r.keysOf(ctx, source, path, exists)
	if err != nil {
		return nil, err
	}
	db, made, err := sqlite.Open(ctx, path, sqlite.Options{MustExist: exists, Now: r.now, Version: Version})
	if err != nil {
		return nil, err
	}
	sealing, hasher, err := r.unlock(ctx, db, ring, source)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("the store %s cannot be used: %w", path, err), db.Close())
	}
	k := r.keeping(db, credential.NewKeys(sealing, r.unlockAgain(db, source)), hasher)
	k.source, k.path, k.made, k.warning = source, path, made, ring.Warning()
	r.stores[path] = k
	return k, nil
}

// backendPath stands for the store that the program brings, among those that are open.
const backendPath = ""

// openBackend makes ready the store that the program brings. It is new to authrun where it has no hash key yet.
func (r *Runtime) openBackend(ctx context.Context, settings settings, create bool) (*keeping, error) {
	const name = "of the program"
	r.mu.Lock()
	defer r.mu.Unlock()
	if k := r.stores[backendPath]; k != nil {
		return k, nil
	}
	_, err := r.opts.Backend.Value(ctx, hashKey)
	isNew := errors.Is(err, store.ErrNotFound)
	switch {
	case err != nil && !isNew:
		return nil, fmt.Errorf("the store %s cannot be used: %w", name, err)
	case isNew && r.opts.StoreMustExist:
		return nil, fmt.Errorf("the store %s is new, and it is said that it must exist", name)
	case isNew && !create:
		return nil, errNoStore
	}
	source, err := r.keySource(settings.KeyFile)
	if err != nil {
		return nil, fmt.Errorf("the store %s cannot be used: %w", name, err)
	}
	ring, err := r.keysOf(ctx, source, name, !isNew)
	if err != nil {
		return nil, err
	}
	sealing, hasher, err := r.unlock(ctx, r.opts.Backend, ring, source)
	if err != nil {
		return nil, fmt.Errorf("the store %s cannot be used: %w", name, err)
	}
	k := r.keeping(r.opts.Backend, credential.NewKeys(sealing, r.unlockAgain(r.opts.Backend, source)), hasher)
	k.source, k.warning = source, ring.Warning()
	r.stores[backendPath] = k
	return k, nil
}

// isNew tells whether the store of a flow is yet to be made, and may be.
func (r *Runtime) isNew(settings settings) bool {
	if r.opts.Backend != nil {
		return false
	}
	path, err := r.storePath(settings.Store)
	if err != nil || r.opts.StoreMustExist {
		return false
	}
	exists, err := stored(path)
	return err == nil && !exists
}

// keeping makes a keeper for a store. Its times are by this host's clock, whoever put that meanwhile.
func (r *Runtime) keeping(db store.Store, keys *credential.Keys, hasher seal.Hasher) *keeping {
	s := clock.NewStore(db, r.clock)
	return &keeping{store: s, keeper: &credential.Keeper{
		Store: s, Keys: keys, Hasher: hasher, Now: r.now, Rand: r.rand, Learn: r.secrets.Add, Redact: r.secrets.String,
		Process: r.process, Agent: "authrun/" + Version, Sleep: r.opts.Sleep, Trace: r.trace,
	}}
}

// nothing is an empty store that nobody else sees: what a plan goes by where there is none yet.
func (r *Runtime) nothing() (*keeping, error) {
	hashes, err := seal.NewHashKey(r.rand)
	if err != nil {
		return nil, err
	}
	return r.keeping(memory.New(), credential.OneKey(seal.Key{}), seal.NewHasher(hashes)), nil
}

// stored tells whether there is a store at path already.
func stored(path string) (bool, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case err != nil:
		return false, err
	case info.IsDir():
		return false, errors.New("it is a folder; name a file")
	}
	return info.Size() > 0, nil
}

// unlock finds which of the keys seals the store, and opens with it the key of accounts and fingerprints, or makes that in a new store. The key
// that sealed that one seals all: a rotation changes it first.
func (r *Runtime) unlock(ctx context.Context, s store.Store, ring seal.Ring, from keySource) (credential.Sealing, seal.Hasher, error) {
	sealed, err := s.Value(ctx, hashKey)
	if errors.Is(err, store.ErrNotFound) {
		sealed, err = r.newHashKey(ctx, s, ring.Newest())
	}
	if err != nil {
		return credential.Sealing{}, seal.Hasher{}, err
	}
	key, ok := ring.Sealer(sealed)
	if !ok && seal.SealedBy(sealed) != "" {
		// It may have been rotated since the keys were read.
		if ring, err = r.keys(ctx, from); err != nil {
			return credential.Sealing{}, seal.Hasher{}, err
		}
		if key, ok = ring.Sealer(sealed); !ok {
			return credential.Sealing{}, seal.Hasher{}, wrongKey(sealed, ring, from)
		}
	}
	plain, err := key.Open(sealed, seal.Bind(hashKey))
	if err != nil {
		return credential.Sealing{}, seal.Hasher{}, fmt.Errorf("%w: its hash key is %w", store.ErrCorrupt, err)
	}
	if len(plain) != seal.KeySize {
		return credential.Sealing{}, seal.Hasher{}, fmt.Errorf("%w: its hash key has %d bytes", store.ErrCorrupt, len(plain))
	}
	sealing := credential.Sealing{Ring: ring, Key: key, Given: []store.Given{{Name: hashKey, Value: sealed}}}
	return sealing, seal.NewHasher([seal.KeySize]byte(plain)), nil
}

// unlockAgain gives what reads the keys of a store again, which another process has rotated.
func (r *Runtime) unlockAgain(s store.Store, from keySource) func(context.Context, credential.Sealing) (credential.Sealing, error) {
	return func(ctx context.Context, _ credential.Sealing) (credential.Sealing, error) {
		ring, err := r.keys(ctx, from)
		if err != nil {
			return credential.Sealing{}, err
		}
		sealing, _, err := r.unlock(ctx, s, ring, from)
		return sealing, err
	}
}

// newHashKey makes the key of accounts and fingerprints, and gives it as it is stored. Of two processes that race here both get the winner's.
func (r *Runtime) newHashKey(ctx context.Context, s store.Store, key seal.Key) ([]byte, error) {
	fresh, err := seal.NewHashKey(r.rand)
	if err != nil {
		return nil, err
	}
	sealed, err := key.Seal(r.rand, fresh[:], seal.Bind(hashKey))
	if err != nil {
		return nil, err
	}
	return s.SetValue(ctx, hashKey, sealed)
}

// wrongKey says that none of the keys at hand seals a store. Keys have names, which tell nothing of them.
func wrongKey(sealed []byte, ring seal.Ring, from keySource) error {
	return fmt.Errorf("%w than the one at hand: its key is %s, and %s has %s. Name the right key file by AUTHRUN_KEY_FILE, or give the key by "+
		"AUTHRUN_KEY or AUTHRUN_KEY_COMMAND", seal.ErrWrongKey, seal.SealedBy(sealed), from.name, ring.Names())
}
