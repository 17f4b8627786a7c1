package runtime

import (
	"io"

	"github.com/authrun/authrun/runtime/internal/redact"
)

// Mask is a writer that hides the secrets of a flow in what is written to it, in pieces of any size, and passes the rest on. It holds back what
// may be the beginning of a secret until it is decided what it is. Use it from one goroutine at a time.
type Mask struct{ w *redact.Writer }

// Mask makes a Mask that passes on to another writer. It knows every secret that the flow's [Runtime] learns of, and works on when that is
// closed.
func (f *Flow) Mask(to io.Writer) *Mask { return &Mask{f.rt.secrets.Writer(to)} }

// Write takes a piece. The error is that of the writer behind.
func (m *Mask) Write(piece []byte) (int, error) { return m.w.Write(piece) }

// Pause is called when nothing was written for a while and somebody may wait for what is held back: a few bytes that only happen to be the
// beginning of a secret are passed on, more than that are hidden.
func (m *Mask) Pause() error { return m.w.Pause() }

// Close passes on what is still held back. It does not close the writer behind.
func (m *Mask) Close() error { return m.w.Close() }
