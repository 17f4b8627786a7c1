package runtime

// rehearsal is what a runtime has in place of the world where nothing is real.
type rehearsal struct{ keeping *keeping }
