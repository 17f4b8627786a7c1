package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// TestFullDiskDrainsNoQuota shows that a store whose disk is full costs no call, however often authrun is asked: what lives is handed out, and
// what must be got anew is not asked for, since its token could not be kept.
func TestFullDiskDrainsNoQuota(t *testing.T) {
	c := newCrowd(t, func(int) {})
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=3m"); err != nil {
		t.Skipf("a file system of its own needs root: %v", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	if out, err := c.stored(dir).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if err := os.WriteFile(filepath.Join(dir, "ballast"), make([]byte, 2_200_000), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		anew := c.stored(dir)
		anew.Args = append(anew.Args, "--force", "auth.shop.ann")
		// It goes on with the stored one, and says why it got none anew.
		if out, err := anew.CombinedOutput(); err != nil || !bytes.Contains(out, []byte("no space is left for the store")) {
			t.Errorf("with --force apply ends with %v and says: %s", err, out)
		}
		if out, err := c.stored(dir).CombinedOutput(); err != nil || !bytes.Contains(out, []byte(`"action":"reuse"`)) {
			t.Errorf("apply ends with %v and says: %s", err, out)
		}
	}
	if n := c.count(); n != 1 {
		t.Errorf("%d calls were made; want the first alone", n)
	}
}
