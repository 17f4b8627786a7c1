package view

import (
	"fmt"
	"slices"
	"time"

	"github.com/authrun/authrun/runtime"
)

// overdueAfter is how long a block may work in a pipe before a line says that it still does, so that the log of a job that hangs shows where.
const overdueAfter = 30 * time.Second

// work is the list of blocks under work, in the order in which they began.
type work struct {
	blocks []*block
}

// block is one block under work.
type block struct {
	address string
	began   time.Time
	told    time.Time         // when a line in a pipe last told about it
	waits   *runtime.AuthWait // for what it waits
}

func (w *work) start(address string, now time.Time) {
	w.blocks = append(w.blocks, &block{address: address, began: now, told: now})
}

func (w *work) wait(e runtime.AuthWait, now time.Time) {
	for _, b := range w.blocks {
		if b.address == e.Address {
			b.waits, b.told = &e, now
		}
	}
}

// only makes a piece of work the only one.
func (w *work) only(what string, now time.Time) {
	w.blocks = []*block{{address: what, began: now, told: now}}
}

func (w *work) end(address string) {
	w.blocks = slices.DeleteFunc(w.blocks, func(b *block) bool { return b.address == address })
}

// lines are what a terminal shows of the blocks under work. The time comes first: a narrow screen cuts the end of a line.
func (w *work) lines(now time.Time) []string {
	lines := make([]string, len(w.blocks))
	for i, b := range w.blocks {
		lines[i] = fmt.Sprintf("%8s  %s", Span(now.Sub(b.began)), visible(b.address))
		if b.isWaiting(now) {
			lines[i] += ": " + waiting(*b.waits, now)
		}
	}
	return lines
}

// overdue are the lines for those blocks that no line told of for a long time.
func (w *work) overdue(now time.Time) []string {
	var lines []string
	for _, b := range w.blocks {
		if now.Sub(b.told) >= overdueAfter {
			b.told = now
			line := b.address + ": working, " + Span(now.Sub(b.began))
			if b.isWaiting(now) {
				line = b.address + ": " + waiting(*b.waits, now)
			}
			lines = append(lines, visible(line))
		}
	}
	return lines
}

func (b *block) isWaiting(now time.Time) bool { return b.waits != nil && b.waits.Until.After(now) }

// waiting says for what a block waits and how long still.
func waiting(e runtime.AuthWait, now time.Time) string {
	left := max(0, e.Until.Sub(now))
	if left < time.Second {
		return "waiting " + Span(left.Round(100*time.Millisecond)) + ": " + visible(e.Reason)
	}
	return "waiting " + rest(left) + ": " + visible(e.Reason)
}
