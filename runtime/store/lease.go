package store

import "sync"

// Lease is a lock that is held.
type Lease interface {
	// Unlock gives the lock back. A second call does nothing.
	Unlock()
	// Lost is closed when the lock may be somebody else's without having been given back, as that of a shared store whose network is gone.
	// Whoever held it begins nothing new then. It is nil where the lock cannot be lost.
	Lost() <-chan struct{}
}

// Kept is a lease of a lock that cannot be lost while this process runs, such as one of the kernel. unlock is called once at most.
func Kept(unlock func()) Lease { return kept(sync.OnceFunc(unlock)) }

type kept func()

// Unlock gives the lock back.
func (k kept) Unlock() { k() }

// Lost is nil: nothing takes it away.
func (kept) Lost() <-chan struct{} { return nil }
