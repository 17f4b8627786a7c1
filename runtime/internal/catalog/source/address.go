package source

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
)

// kind is what an address leads to.
type kind int

const (
	folder kind = iota
	mirror
	registry
)

// maxAddress is longer than any address in use, in bytes.
const maxAddress = 2048

// Address is where plugins are published.
type Address struct {
	text string // as it was written
	kind kind
	dir  string   // of a folder, absolute
	url  *url.URL // of a mirror, without a slash at its end
	host string   // of a registry, with its port
	repo string   // in a registry
}

// ParseAddress reads an address. A relative folder starts at dir, which is absolute. The error says what an address looks like.
func ParseAddress(text, dir string) (Address, error) {
	a := Address{text: text}
	switch {
	case text == "":
		return a, errors.New("it is empty")
	case len(text) > maxAddress:
		return a, fmt.Errorf("it is longer than %d bytes", maxAddress)
	case strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return a, errors.New("it holds a control character")
	case isFolder(text):
		if a.dir = filepath.FromSlash(text); !filepath.IsAbs(a.dir) {
			a.dir = filepath.Join(dir, a.dir)
		}
		a.dir = filepath.Clean(a.dir)
		return a, nil
	}
	scheme, rest, ok := strings.Cut(text, "://")
	if !ok {
		return a, errors.New("it is no full address: write a folder as ./plugins or /opt/plugins, a server as https://host/path, " +
			"a registry as oci://host/repository")
	}
	switch scheme {
	case "file":
		return a.file()
	case "https":
		return a.server()
	case "oci":
		return a.repository(rest)
	case "http":
		return a, errors.New("plugins are not fetched over http://, where anyone on the way can change them: write https://")
	}
	return a, fmt.Errorf("%s:// is not known: a source is a folder, https:// or oci://", scheme)
}

// isFolder tells whether an address is a path: it begins with a slash, a dot or a drive's letter.
func isFolder(text string) bool {
	for _, beginning := range []string{"./", "../", "/", `.\`, `..\`, `\\`} {
		if strings.HasPrefix(text, beginning) {
			return true
		}
	}
	return text == "." || text == ".." || filepath.IsAbs(text)
}

func (a Address) file() (Address, error) {
	u, err := url.Parse(a.text)
	if err != nil || u.Host != "" && u.Host != "localhost" || u.RawQuery != "" || u.Fragment != "" || !strings.HasPrefix(u.Path, "/") {
		return a, errors.New("a folder is written file:///opt/plugins")
	}
	a.dir = filepath.Clean(filepath.FromSlash(u.Path))
	if drive := strings.TrimPrefix(u.Path, "/"); filepath.IsAbs(filepath.FromSlash(drive)) { // file:///C:/plugins
		a.dir = filepath.Clean(filepath.FromSlash(drive))
	}
	return a, nil
}

func (a Address) server() (Address, error) {
	u, err := url.Parse(a.text)
	switch {
	case err != nil || u.Hostname() == "":
		return a, errors.New("it is no URL such as https://plugins.example.com/authrun")
	case u.User != nil:
		a.text = "https://" + u.Host + u.EscapedPath() // messages show it
		return a, errors.New("a name or password has no place in an address, which everybody reads who reads the flow")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return a, errors.New("an address has no part behind ? or #")
	}
	a.kind, a.url = mirror, u.JoinPath() // cleans the path
	a.url.Path, a.url.RawPath = strings.TrimRight(a.url.Path, "/"), strings.TrimRight(a.url.RawPath, "/")
	return a, nil
}

// repositoryName is what a repository of an OCI registry can be called, as the distribution specification has it.
var repositoryName = sync.OnceValue(func() *regexp.Regexp {
	const part = `[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*`
	return regexp.MustCompile(`^` + part + `(?:/` + part + `)*$`)
})

func (a Address) repository(rest string) (Address, error) {
	host, repo, ok := strings.Cut(rest, "/")
	u, err := url.Parse("https://" + host)
	switch {
	case !ok || err != nil || u.Host != host || u.Hostname() == "" || u.User != nil || u.Path != "":
		return a, errors.New("it is no repository such as oci://ghcr.io/acme/authrun-plugin-acme")
	case len(repo) > 255 || !repositoryName().MatchString(repo):
		return a, fmt.Errorf("%q is no name of a repository: lower-case letters, digits and single separators; a version has its own argument", repo)
	}
	a.kind, a.host, a.repo = registry, host, repo
	return a, nil
}

// String is the address as it was written.
func (a Address) String() string { return a.text }

// Split takes the vendor's name off the end of an address: the last folder of a path, or what follows "authrun-plugin-" in a repository's name. For
// folders and servers base is the address without it. The vendor is empty where the address does not name one.
func (a Address) Split() (base Address, vendor string) {
	base = a
	switch a.kind {
	case folder:
		base.dir, vendor = filepath.Split(a.dir)
		base.dir = filepath.Clean(base.dir)
		base.text = base.dir
	case mirror:
		vendor = path.Base(a.url.Path)
		base.url = a.url.JoinPath("..")
		base.url.Path, base.url.RawPath = strings.TrimRight(base.url.Path, "/"), strings.TrimRight(base.url.RawPath, "/")
		base.text = base.url.String()
	case registry:
		name, ok := strings.CutPrefix(path.Base(a.repo), "authrun-plugin-")
		if !ok {
			return a, ""
		}
		vendor = name
	}
	if !validVendor(vendor) {
		return a, ""
	}
	return base, vendor
}

// isLoopback tells whether a host, which may have a port, is this machine.
func isLoopback(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
