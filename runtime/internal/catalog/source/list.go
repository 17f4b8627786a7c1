package source

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Sum is the SHA-256 of an executable.
type Sum [sha256.Size]byte

// String is the hash as it is written everywhere: "sha256:" and hexadecimal digits.
func (s Sum) String() string { return "sha256:" + hex.EncodeToString(s[:]) }

// ParseSum reads what [Sum.String] writes.
func ParseSum(text string) (s Sum, err error) {
	digits, ok := strings.CutPrefix(text, "sha256:")
	if !ok || len(digits) != 2*len(s) || strings.ToLower(digits) != digits {
		return s, errors.New(`a hash is "sha256:" and 64 hexadecimal digits in lower case`)
	}
	if _, err := hex.Decode(s[:], []byte(digits)); err != nil {
		return s, errors.New(`a hash is "sha256:" and 64 hexadecimal digits in lower case`)
	}
	return s, nil
}

// Release is one version of a plugin as its author published it.
type Release struct {
	Vendor  string
	Version string
	Sums    map[string]Sum // of the executables, by platform
	List    []byte         // the author's list of hashes, byte by byte; nil: the source has none
}

// Platforms are those that the release is for, in the order of their names.
func (r Release) Platforms() []string { return slices.Sorted(maps.Keys(r.Sums)) }

// Text is the list of hashes, in the order of the platforms: what sha256sum(1) writes, and checks.
func (r Release) Text() []byte {
	if r.List != nil {
		return r.List
	}
	var b bytes.Buffer
	for _, platform := range r.Platforms() {
		sum := r.Sums[platform]
		fmt.Fprintf(&b, "%s  %s\n", hex.EncodeToString(sum[:]), ExecutableName(r.Vendor, r.Version, platform))
	}
	return b.Bytes()
}

// parseList reads an author's list of hashes. Lines about other files are none of ours.
func parseList(vendor, version string, data []byte) (Release, error) {
	r := Release{Vendor: vendor, Version: version, Sums: map[string]Sum{}, List: data}
	n := 0
	for line := range strings.Lines(string(data)) {
		n++
		line = strings.TrimRight(line, "\r\n")
		if strings.TrimSpace(line) == "" {
			continue
		}
		digits, name, ok := strings.Cut(line, " ")
		sum, err := ParseSum("sha256:" + strings.ToLower(digits))
		if !ok || err != nil {
			return r, fmt.Errorf("line %d is none of sha256sum's, which are a hash, two spaces and a name", n)
		}
		platform, ok := platformOf(vendor, version, strings.TrimPrefix(name[min(1, len(name)):], "./"))
		if !ok {
			continue
		}
		if before, twice := r.Sums[platform]; twice && before != sum {
			return r, fmt.Errorf("it has two hashes for %s", platform)
		}
		r.Sums[platform] = sum
	}
	if len(r.Sums) == 0 {
		return r, fmt.Errorf("it names no executable, such as %s", ExecutableName(vendor, version, "linux_amd64"))
	}
	return r, nil
}

// platformOf is the platform of the executable of that name.
func platformOf(vendor, version, name string) (platform string, ok bool) {
	platform, ok = strings.CutPrefix(name, stem(vendor, version)+"_")
	platform = strings.TrimSuffix(platform, ".exe")
	return platform, ok && ValidPlatform(platform) && ExecutableName(vendor, version, platform) == name
}

// parseVersions reads a server's list of versions: one a line. Empty lines and those that begin with "#" are passed over.
func parseVersions(data []byte) ([]string, error) {
	var versions []string
	n := 0
	for line := range strings.Lines(string(data)) {
		n++
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if _, ok := ParseVersion(line); !ok {
			return nil, fmt.Errorf("line %d is no version such as 1.2.0", n)
		}
		versions = append(versions, line)
	}
	return versions, nil
}
