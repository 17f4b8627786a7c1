package redact

import (
	"encoding/binary"
	"slices"
	"sort"
	"strings"
)

// index finds, at every place of a text, the longest of its forms that stands there.
//
// The first bytes of all forms are in a filter and in a map, so that a place where nothing stands costs a few nanoseconds. Forms that begin
// alike (tokens of one vendor do, often with dozens of bytes) share a bucket, sorted, where one binary search finds the form: neither
// 10,000 tokens with one beginning nor a text that repeats it makes the search slow. One more form costs its place in its bucket, not a
// new index.
type index struct {
	filter  [filterSize / 64]uint64
	buckets map[uint64][]*entry // by head
}

// filterSize is the number of bits of the filter: 32 KiB, which 50,000 forms fill to a fifth.
const filterSize = 1 << 18

// entry is a form in its bucket.
type entry struct {
	form
	parent *entry // the longest other form of the bucket that this one begins with
}

// head is the first Shortest bytes of s as a number.
func head(s string) uint64 {
	return uint64(binary.LittleEndian.Uint32([]byte(s[:4]))) | uint64(s[4])<<32 | uint64(s[5])<<40
}

// slot is the place of a head in the filter.
func slot(head uint64) uint64 { return head * 0x9e3779b97f4a7c15 >> (64 - 18) }

func (x *index) add(f form) {
	if x.buckets == nil {
		x.buckets = map[uint64][]*entry{}
	}
	h := head(f.text)
	bucket := x.buckets[h]
	at, there := slices.BinarySearchFunc(bucket, f.text, func(e *entry, text string) int { return strings.Compare(e.text, text) })
	if there {
		bucket[at].run = bucket[at].run || f.run
		return
	}
	e := &entry{form: f, parent: longest(bucket, at, f.text)}
	for _, later := range bucket[at:] { // Those that begin with it have it as a parent now, or one that is longer still.
		if !strings.HasPrefix(later.text, f.text) {
			break
		}
		if later.parent == e.parent {
			later.parent = e
		}
	}
	x.buckets[h] = slices.Insert(bucket, at, e)
	s := slot(h)
	x.filter[s/64] |= 1 << (s % 64)
}

// longest is the longest form of a bucket that text begins with; at is text's place in the bucket. Every form that text begins with is the
// one before that place or among its parents: what is sorted between a beginning of text and text has that beginning, too.
func longest(bucket []*entry, at int, text string) *entry {
	if at == 0 {
		return nil
	}
	e := bucket[at-1]
	for e != nil && !strings.HasPrefix(text, e.text) {
		e = e.parent
	}
	return e
}

// inRun tells whether e, or a form that it begins with, stands for the run around it.
func (e *entry) inRun() bool {
	for ; e != nil; e = e.parent {
		if e.run {
			return true
		}
	}
	return false
}

// each calls found for the longest form at each place of text where one stands. The places come from left to right, but where a form stands
// for a run it is the run that is found, too, which may begin earlier.
func (x *index) each(text string, found func(start, end int, run bool)) {
	if len(text) < Shortest {
		return
	}
	runEnd := 0 // Of the run that was found last; it is found once.
	h := head(text) << 8
	for i := 0; i+Shortest <= len(text); i++ {
		h = h>>8 | uint64(text[i+Shortest-1])<<40
		s := slot(h)
		if x.filter[s/64]>>(s%64)&1 == 0 {
			continue
		}
		bucket := x.buckets[h]
		rest := text[i:]
		at := sort.Search(len(bucket), func(n int) bool { return bucket[n].text > rest })
		e := longest(bucket, at, rest)
		if e == nil {
			continue
		}
		found(i, i+len(e.text), false)
		if i >= runEnd && e.inRun() {
			start, end := run(text, i)
			found(start, end, true)
			runEnd = end
		}
	}
}
