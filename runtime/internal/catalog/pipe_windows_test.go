package catalog

import "errors"

// makePipe fails: a folder holds no pipes here.
func makePipe(string) error { return errors.ErrUnsupported }
