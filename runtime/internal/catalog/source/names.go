package source

import (
	"strings"

	version "github.com/hashicorp/go-version"
)

// maxVersion is longer than any version in use, in bytes.
const maxVersion = 64

// validVendor tells whether a name is one that a vendor can have, and so whether it is safe in a path.
func validVendor(name string) bool {
	for i, r := range name {
		if !(r >= 'a' && r <= 'z' || i > 0 && r >= '0' && r <= '9') {
			return false
		}
	}
	return name != "" && len(name) <= 64
}

// ParseVersion reads the version of a release: three numbers, perhaps with a pre-release behind "-". Only the one canonical form is a version, so
// that a version has one name in paths and tags; nothing else is, and so it is safe there.
func ParseVersion(text string) (v *version.Version, ok bool) {
	if len(text) > maxVersion || strings.ContainsAny(text, "+/\\") || strings.Contains(text, "..") {
		return nil, false
	}
	v, err := version.NewSemver(text)
	return v, err == nil && len(v.Segments()) == 3 && v.String() == text
}

// Platform is the name of a platform in files' names and in the lock file: GOOS and GOARCH.
func Platform(goos, goarch string) string { return goos + "_" + goarch }

// ValidPlatform tells whether a name has the form of a platform's: linux_amd64.
func ValidPlatform(name string) bool {
	goos, arch, ok := strings.Cut(name, "_")
	return ok && word(goos) && word(arch)
}

// word tells whether a text is of lower-case letters and digits.
func word(text string) bool {
	for _, r := range text {
		if !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9') {
			return false
		}
	}
	return text != "" && len(text) <= 32
}

// stem is what the names of a release's files begin with.
func stem(vendor, version string) string { return "authrun-plugin-" + vendor + "_" + version }

// ExecutableName is the name of an executable in a folder or on a server.
func ExecutableName(vendor, version, platform string) string {
	name := stem(vendor, version) + "_" + platform
	if strings.HasPrefix(platform, "windows_") {
		name += ".exe"
	}
	return name
}

// ListName is the name of the list of a release's hashes.
func ListName(vendor, version string) string { return stem(vendor, version) + "_SHA256SUMS" }

// VersionsName is the name of the list of a vendor's versions, which a server needs, having no folder to look into.
const VersionsName = "VERSIONS"
