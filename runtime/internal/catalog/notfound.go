package catalog

import (
	"fmt"
	"strings"

	"github.com/agext/levenshtein"
)

// NotFound says that there is no plugin for a vendor.
type NotFound struct {
	Vendor  string
	Invalid bool     // no vendor can have this name
	Looked  []string // the folders that were looked into
	Nearest string   // the vendor of the most similar name; empty: none is similar
	Has     []string // all vendors that there are plugins for, in the order of their names
}

// Error says which plugin is missing, what may have been meant, and where was looked.
func (e *NotFound) Error() string {
	text := fmt.Sprintf("there is no plugin for vendor %q", e.Vendor)
	if e.Invalid {
		text = fmt.Sprintf("%q cannot be the name of a vendor, which is of lower-case letters and digits and begins with a letter", e.Vendor)
	}
	if e.Nearest != "" {
		text += fmt.Sprintf(" (there is a plugin for %q)", e.Nearest)
	}
	switch {
	case e.Invalid:
		return text
	case len(e.Looked) == 0:
		return text + "; no folder to look for plugins in is known"
	}
	return text + fmt.Sprintf("; looked for %s in %s", fileName(e.Vendor), strings.Join(e.Looked, ", "))
}

func (c *Catalog) notFound(vendor string) *NotFound {
	e := &NotFound{Vendor: vendor, Invalid: !validVendor(vendor), Looked: c.options.Dirs, Has: c.all()}
	// A third of the letters may be wrong: more is another name, not a slip.
	best := 1 + len(vendor)/3
	for _, name := range e.Has {
		if d := levenshtein.Distance(strings.ToLower(vendor), name, nil); d <= best {
			best, e.Nearest = d-1, name
		}
	}
	return e
}

// Unusable says that a file has the name of a plugin and cannot be one.
type Unusable struct {
	Vendor string
	Path   string
	Why    string // "it is not executable; chmod +x makes it so"
	Err    error  // what the system said; nil: nothing
}

// Error names the file and says why.
func (e *Unusable) Error() string {
	text := fmt.Sprintf("%s cannot be the plugin for vendor %q: %s", e.Path, e.Vendor, e.Why)
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Unwrap gives what the system said.
func (e *Unusable) Unwrap() error { return e.Err }
