package catalog

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Unconsented says that a plugin is run by an interpreter, and that the user has not consented to that.
type Unconsented struct {
	Script Script
	How    string // what to do to consent; empty: install it
}

// Error says what would run, what it may read, and how to consent.
func (e *Unconsented) Error() string {
	how := e.How
	if how == "" {
		how = "consent: authrun plugin install --allow-interpreter " + e.Script.Path
	}
	reads := "nothing else"
	if len(e.Script.Reads) > 0 {
		reads = strings.Join(e.Script.Reads, ", ")
	}
	return fmt.Sprintf("the plugin %s is a script, which is not started without your consent. It would be run by %q. Beside its interpreter and the system's "+
		"libraries it may read: %s. Only the script and its manifest are verified, the rest is taken as it lies on the disk. Look at both files, then %s",
		e.Script.Path, strings.Join(e.Script.Interpreter, " "), reads, how)
}

// consent is the file in which a consent is written down. What it says beside its name is for a person.
type consent struct {
	Format      int      `json:"format"`
	Vendor      string   `json:"vendor"`
	Interpreter []string `json:"interpreter"`
	Reads       []string `json:"reads,omitempty"`
}

// consentPath is where the consent to a script is written down.
func (c *Catalog) consentPath(sum [sha256.Size]byte) string {
	return filepath.Join(c.options.Depot, "consents", hex.EncodeToString(sum[:])+".json")
}

// consented tells whether the user has consented to a script.
func (c *Catalog) consented(sum [sha256.Size]byte) bool {
	if c.options.AllowScripts {
		return true
	}
	if c.options.Depot == "" {
		return false
	}
	info, err := os.Lstat(c.consentPath(sum))
	return err == nil && info.Mode().IsRegular() && onlyOurs(info)
}

// Consent writes down that the user consents to a script, and tells whether that is new. It holds for the script and its manifest as they are,
// wherever they lie.
func (c *Catalog) Consent(s Script) (fresh bool, err error) {
	if c.options.Depot == "" {
		return false, errors.New("there is no place for consents: neither XDG_DATA_HOME nor HOME is set")
	}
	if c.consented(s.Sum) {
		return false, nil
	}
	text, err := json.Marshal(consent{Format: manifestFormat, Vendor: s.Vendor, Interpreter: s.Interpreter, Reads: s.Reads})
	if err != nil {
		return false, err
	}
	path := c.consentPath(s.Sum)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return false, fmt.Errorf("write down the consent: %w", err)
	}
	if err := os.Remove(path); err != nil && isThere(err) { // one that others may have written is not ours
		return false, fmt.Errorf("write down the consent: %w", err)
	}
	if err := os.WriteFile(path, append(text, '\n'), 0o600); err != nil {
		return false, fmt.Errorf("write down the consent: %w", err)
	}
	return true, nil
}

// Withdraw takes back the consent to a script.
func (c *Catalog) Withdraw(s Script) error {
	if err := os.Remove(c.consentPath(s.Sum)); err != nil && isThere(err) {
		return err
	}
	return nil
}
