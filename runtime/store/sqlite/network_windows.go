package sqlite

import (
	"path/filepath"

	"golang.org/x/sys/windows"
)

// foreign names the kind of the file system that a path lies on where it is not a local one; "": it is, or nobody knows.
func foreign(path string) string {
	root, err := windows.UTF16PtrFromString(filepath.VolumeName(path) + `\`)
	if err == nil && windows.GetDriveType(root) == windows.DRIVE_REMOTE {
		return "a network drive"
	}
	return ""
}
