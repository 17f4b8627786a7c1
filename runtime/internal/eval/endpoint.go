package eval

import (
	"net"
	"net/url"
	"strings"

	"github.com/zclconf/go-cty/cty"
)

// canonical is an argument's value as identities are made of: the URL of an endpoint in one form, all else as it is.
func canonical(st setting) cty.Value {
	if !st.arg.Endpoint || st.arg.ty != cty.String || st.value.IsNull() {
		return st.value
	}
	return cty.StringVal(normalURL(st.value.AsString()))
}

// normalURL writes equal addresses of a vendor equally: scheme and host in lower case, no default port, no slash at the end of the path.
func normalURL(text string) string {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" {
		return text
	}
	u.Scheme = strings.ToLower(u.Scheme)
	host, port := strings.ToLower(u.Hostname()), u.Port()
	if port == "80" && u.Scheme == "http" || port == "443" && u.Scheme == "https" {
		port = ""
	}
	switch {
	case port != "":
		u.Host = net.JoinHostPort(host, port)
	case strings.Contains(host, ":"):
		u.Host = "[" + host + "]"
	default:
		u.Host = host
	}
	u.Path, u.RawPath = strings.TrimRight(u.Path, "/"), strings.TrimRight(u.RawPath, "/")
	return u.String()
}
