package seal

import (
	"io/fs"
	"os"
)

// giveTo does nothing: a new file has what its folder hands down to it.
func giveTo(*os.File, fs.FileInfo) error { return nil }
