package runtime

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/authrun/authrun/runtime/internal/credential"
	"github.com/authrun/authrun/runtime/internal/seal"
	"github.com/authrun/authrun/runtime/store"
	"github.com/authrun/authrun/runtime/store/memory"
	"github.com/authrun/authrun/runtime/store/sqlite"
)

// keeping is an open store and the keeper that works with it.
type keeping struct {
	store   store.Store
	keeper  *credential.Keeper
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
	key, err := r.key(settings.KeyFile, path, exists)
	if err != nil {
		return nil, err
	}
	db, made, err := sqlite.Open(ctx, path, sqlite.Options{MustExist: exists, Now: r.now, Version: Version})
	if err != nil {
		return nil, err
	}
	hasher, err := r.hasher(ctx, db, key)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("the store %s cannot be used: %w", path, err), db.Close())
	}
	k := r.keeping(db, key, hasher)
	k.path, k.made, k.warning = path, made, key.Warning()
	r.stores[path] = k
	return k, nil
}

// isNew tells whether the store of a flow is yet to be made, and may be.
func (r *Runtime) isNew(settings settings) bool {
	path, err := r.storePath(settings.Store)
	if err != nil || r.opts.StoreMustExist {
		return false
	}
	exists, err := stored(path)
	return err == nil && !exists
}

// keeping makes a keeper for a store.
func (r *Runtime) keeping(s store.Store, key seal.Key, hasher seal.Hasher) *keeping {
	return &keeping{store: s, keeper: &credential.Keeper{
		Store: s, Key: key, Hasher: hasher, Now: r.now, Rand: r.rand, Learn: r.secrets.Add, Redact: r.secrets.String,
		Process: r.process, Agent: "authrun/" + Version, Sleep: r.opts.Sleep, Trace: r.trace,
	}}
}

// nothing is an empty store that nobody else sees: what a plan goes by where there is none yet.
func (r *Runtime) nothing() (*keeping, error) {
	hashes, err := seal.NewHashKey(r.rand)
	if err != nil {
		return nil, err
	}
	return r.keeping(memory.New(), seal.Key{}, seal.NewHasher(hashes)), nil
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

// key reads the sealing key, and makes one only where there is nothing yet that it would have to open.
func (r *Runtime) key(flowSays, storePath string, exists bool) (seal.Key, error) {
	path, err := r.keyPath(flowSays)
	if err != nil {
		return seal.Key{}, err
	}
	var key seal.Key
	if exists {
		key, err = seal.LoadKey(path)
	} else {
		key, _, err = seal.LoadOrCreateKey(path, r.rand)
	}
	if errors.Is(err, seal.ErrNoKey) {
		return seal.Key{}, fmt.Errorf("the key file %s is missing, which seals the store %s: put it back, or name it by AUTHRUN_KEY_FILE; "+
			"without it what is stored cannot be read, and a new store has to be made", path, storePath)
	}
	if err != nil {
		return seal.Key{}, fmt.Errorf("the key file of the store %s cannot be used: %w", storePath, err)
	}
	return key, nil
}

// hasher reads the key of accounts and fingerprints from the store, or makes it in a new one.
func (r *Runtime) hasher(ctx context.Context, s store.Store, key seal.Key) (seal.Hasher, error) {
	sealed, err := s.Value(ctx, hashKey)
	if errors.Is(err, store.ErrNotFound) {
		fresh, err := seal.NewHashKey(r.rand)
		if err != nil {
			return seal.Hasher{}, err
		}
		if sealed, err = key.Seal(r.rand, fresh[:], seal.Bind(hashKey)); err != nil {
			return seal.Hasher{}, err
		}
		// Of two processes that race here both get the winner's.
		if sealed, err = s.SetValue(ctx, hashKey, sealed); err != nil {
			return seal.Hasher{}, err
		}
	} else if err != nil {
		return seal.Hasher{}, err
	}
	plain, err := key.Open(sealed, seal.Bind(hashKey))
	if errors.Is(err, seal.ErrWrongKey) {
		return seal.Hasher{}, fmt.Errorf("%w than the one at hand: name the right key file by AUTHRUN_KEY_FILE", err)
	}
	if err != nil {
		return seal.Hasher{}, fmt.Errorf("%w: its hash key is %w", store.ErrCorrupt, err)
	}
	if len(plain) != seal.KeySize {
		return seal.Hasher{}, fmt.Errorf("%w: its hash key has %d bytes", store.ErrCorrupt, len(plain))
	}
	return seal.NewHasher([seal.KeySize]byte(plain)), nil
}
