package memory

import (
	"bytes"
	"context"
	"slices"

	"github.com/authrun/authrun/runtime/store"
)

// Value reads a named value.
func (s *Store) Value(ctx context.Context, name string) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	v, ok := s.values[name]
	if !ok {
		return nil, store.ErrNotFound
	}
	return slices.Clone(v), nil
}

// SetValue writes a named value unless there is one.
func (s *Store) SetValue(ctx context.Context, name string, value []byte) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, there := s.values[name]; !there {
		s.values[name] = slices.Clone(value)
	}
	return slices.Clone(s.values[name]), nil
}

// SwapValue writes a named value if the one that is there is old.
func (s *Store) SwapValue(ctx context.Context, name string, old, value []byte) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case !s.has(store.Given{Name: name, Value: old}):
		return store.ErrConflict
	case value == nil:
		delete(s.values, name)
	default:
		s.values[name] = bytes.Clone(value)
	}
	return nil
}

// has tells whether a named value is as it is given.
func (s *Store) has(g store.Given) bool {
	v, there := s.values[g.Name]
	return there == (g.Value != nil) && bytes.Equal(v, g.Value)
}
