package powercut

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// sector is what a disk writes as a whole.
const sector = 512

// disk is what is known to be durable of a folder.
type disk struct {
	dir   string
	self  file            // the folder's own
	names map[string]file // durable names, and the files that they stand for
	files map[file][]byte // durable contents
}

// file tells a file from every other one: by its inode, and when it was made, because a number is given again.
type file struct {
	inode uint64
	made  unix.StatxTimestamp
}

// identify looks which file lies at path, and whether it is one, not a folder, a pipe or a socket.
func identify(path string, flags int) (f file, regular bool, err error) {
	var st unix.Statx_t
	if err := unix.Statx(unix.AT_FDCWD, path, flags, unix.STATX_TYPE|unix.STATX_INO|unix.STATX_BTIME, &st); err != nil {
		return f, false, fmt.Errorf("%s: %w", path, err)
	}
	return file{st.Ino, st.Btime}, st.Mode&unix.S_IFMT == unix.S_IFREG, nil
}

// newDisk takes for durable what is in the folder now.
func newDisk(dir string) (*disk, error) {
	self, _, err := identify(dir, 0)
	if err != nil {
		return nil, err
	}
	d := &disk{dir: dir, self: self, files: map[file][]byte{}}
	if d.names, err = d.list(); err != nil {
		return nil, err
	}
	for name, n := range d.names {
		if d.files[n], err = os.ReadFile(filepath.Join(dir, name)); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// list gives the names that the folder has now.
func (d *disk) list() (map[string]file, error) {
	entries, err := os.ReadDir(d.dir)
	if err != nil {
		return nil, err
	}
	names := map[string]file{}
	for _, e := range entries {
		f, regular, err := identify(filepath.Join(d.dir, e.Name()), unix.AT_SYMLINK_NOFOLLOW)
		if errors.Is(err, fs.ErrNotExist) { // It went meanwhile.
			continue
		}
		if err != nil {
			return nil, err
		}
		if regular {
			names[e.Name()] = f
		}
	}
	return names, nil
}

// flush is a flush that is under way: what it makes durable when it succeeds.
type flush struct {
	names map[string]file // of the folder; nil: it is one of a file
	file  file
	bytes []byte
}

// begin looks at what an open file, or the folder itself, has when it is flushed. nil: it is none of the folder's business.
func (d *disk) begin(open string) (*flush, error) {
	f, regular, err := identify(open, 0)
	switch {
	case err != nil:
		return nil, err
	case f == d.self:
		names, err := d.list()
		return &flush{names: names}, err
	case !regular:
		return nil, nil
	}
	b, err := os.ReadFile(open)
	return &flush{file: f, bytes: b}, err
}

// end makes durable what was flushed.
func (d *disk) end(f *flush) {
	if f.names != nil {
		d.names = f.names
		return
	}
	d.files[f.file] = f.bytes
}

// Lost writes into a folder what is left when everything is lost that was not flushed.
func (m *Moment) Lost(into string) error {
	return m.write(into, m.disk.names, func(durable, _ []byte) []byte { return durable })
}

// Kept writes into a folder what is left when nothing is lost: as when the program alone is killed.
func (m *Moment) Kept(into string) error {
	names, err := m.disk.list()
	if err != nil {
		return err
	}
	return m.write(into, names, func(_, now []byte) []byte { return now })
}

// Torn writes into a folder what may be left when of the sectors that were not flushed some are on the disk and some are not.
func (m *Moment) Torn(into string, random *rand.Rand) error {
	return m.write(into, m.disk.names, func(durable, now []byte) []byte {
		size := len(durable)
		if random.IntN(2) == 0 {
			size = len(now)
		}
		torn := make([]byte, size)
		for at := 0; at < size; at += sector {
			from := durable
			if at < len(now) && (at >= len(durable) || random.IntN(2) == 0) {
				from = now
			}
			if at < len(from) {
				copy(torn[at:min(at+sector, size)], from[at:])
			}
		}
		return torn
	})
}

// write writes each file, as what chooses between its durable bytes and those that it has now.
func (m *Moment) write(into string, names map[string]file, choose func(durable, now []byte) []byte) error {
	for name, f := range names {
		durable := m.disk.files[f]
		now := durable // Where its name is gone, so is what was not flushed.
		path := filepath.Join(m.disk.dir, name)
		if there, _, err := identify(path, unix.AT_SYMLINK_NOFOLLOW); err == nil && there == f {
			if now, err = os.ReadFile(path); err != nil {
				return err
			}
		}
		if err := os.WriteFile(filepath.Join(into, name), choose(durable, now), 0o600); err != nil {
			return fmt.Errorf("the disk after a cut: %w", err)
		}
	}
	return nil
}
