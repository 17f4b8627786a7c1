package news_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authrun/authrun/runtime/store"
	"github.com/authrun/authrun/runtime/store/internal/news"
)

func key(n int) store.Key { return store.Key{Vendor: "sipauth", Fingerprint: fmt.Sprint(n)} }

// errEnough ends a test's reader.
var errEnough = errors.New("enough")

// read gives what a reader has not read yet.
func read(t *testing.T, b *news.Board, r *news.Reader) map[store.Key]int {
	t.Helper()
	b.End(errEnough)
	told := map[store.Key]int{}
	if err := r.Read(t.Context(), func(k store.Key) { told[k]++ }); !errors.Is(err, errEnough) {
		t.Errorf("it ended with %v", err)
	}
	return told
}

func TestReadersAreToldWhatTheyHaveNotRead(t *testing.T) {
	var b news.Board
	b.Tell(key(0)) // Nobody is there.
	r := b.Join()
	first := make(chan map[store.Key]int, 1)
	told := map[store.Key]int{}
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		_ = r.Read(ctx, func(k store.Key) {
			if told[k]++; k == (store.Key{}) {
				b.Tell(key(1), key(2))
				b.Tell(key(1))
			}
			if len(told) == 3 {
				cancel()
			}
		})
		first <- told
	}()
	want := map[store.Key]int{{}: 1, key(1): 1, key(2): 1}
	if diff := cmp.Diff(want, <-first); diff != "" {
		t.Errorf("-want +told:\n%s", diff)
	}
	b.Tell(key(3))
	if diff := cmp.Diff(map[store.Key]int{key(3): 1}, read(t, &b, r)); diff != "" {
		t.Errorf("-want +told:\n%s", diff)
	}
}

// Where any record may have changed there is no use in telling of some.
func TestAnyIncludesEach(t *testing.T) {
	var b news.Board
	r := b.Join()
	b.Tell(key(1))
	if diff := cmp.Diff(map[store.Key]int{{}: 1}, read(t, &b, r)); diff != "" {
		t.Errorf("-want +told:\n%s", diff)
	}
}

// One who does not read does not fill the memory.
func TestSlowReader(t *testing.T) {
	var b news.Board
	slow := b.Join()
	ctx, cancel := context.WithCancel(t.Context())
	_ = slow.Read(ctx, func(store.Key) { cancel() }) // The first, which is no news.
	for n := range 1500 {
		b.Tell(key(n))
	}
	keys := slices.SortedFunc(maps.Keys(read(t, &b, slow)), func(a, b store.Key) int { return strings.Compare(a.Fingerprint, b.Fingerprint) })
	if len(keys) != 1 || keys[0] != (store.Key{}) {
		t.Errorf("one who missed 1,500 changes is told of %d keys, the first is %v", len(keys), keys[0])
	}
}

func TestLeave(t *testing.T) {
	var b news.Board
	one, two := b.Join(), b.Join()
	for _, step := range []struct {
		r    *news.Reader
		left int
	}{{one, 1}, {one, 1}, {two, 0}} {
		if left := b.Leave(step.r); left != step.left {
			t.Errorf("%d are left, want %d", left, step.left)
		}
	}
}
