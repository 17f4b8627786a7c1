//go:build linux || darwin

package sqlite

import "golang.org/x/sys/unix"

// free is how many bytes this user may still write on the file system of path.
func free(path string) (n uint64, known bool) {
	var st unix.Statfs_t
	if unix.Statfs(path, &st) != nil || st.Blocks == 0 { // One that does not count has no blocks at all.
		return 0, false
	}
	return uint64(st.Bavail) * uint64(st.Bsize), true //nolint:gosec,unconvert // Types and signs differ by system; none is negative.
}
