package redact

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// tokens makes n secrets of the same length with the same beginning, as a vendor's tokens have.
func tokens(n int, beginning string) []string {
	source := rand.New(rand.NewPCG(1, 2))
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf("%s%016x%016x%016x", beginning, source.Uint64(), source.Uint64(), source.Uint64())
	}
	return all
}

func BenchmarkAdd(b *testing.B) {
	secrets := tokens(10_000, "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.")
	for b.Loop() {
		r := New()
		r.Add(secrets...)
	}
}

func BenchmarkString(b *testing.B) {
	const beginning = "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9."
	for _, n := range []int{1, 10_000} {
		r := New()
		secrets := tokens(n, beginning)
		r.Add(secrets...)
		for name, text := range map[string]string{
			"innocent":   strings.Repeat("The vendor answered with something else entirely, and so on.\n", 1<<20/60),
			"beginnings": strings.Repeat(beginning, 1<<20/len(beginning)),
			"secrets":    strings.Repeat(secrets[n/2]+" ", 1<<20/len(secrets[0])),
			"line":       "2026-01-01T00:00:00Z INFO auth.easemob.im: acquired, lives until 2026-02-01T00:00:00Z",
		} {
			b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) {
				b.SetBytes(int64(len(text)))
				for b.Loop() {
					r.String(text)
				}
			})
		}
	}
}
