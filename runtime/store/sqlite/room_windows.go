package sqlite

import (
	"path/filepath"

	"golang.org/x/sys/windows"
)

// free is how many bytes this user may still write on the file system of path.
func free(path string) (n uint64, known bool) {
	name, err := windows.UTF16PtrFromString(filepath.Dir(path))
	if err != nil {
		return 0, false
	}
	err = windows.GetDiskFreeSpaceEx(name, &n, nil, nil)
	return n, err == nil
}
