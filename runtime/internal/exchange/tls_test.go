package exchange

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/authrun/authrun/sdk"
)

// serveTLS serves with a certificate.
func serveTLS(t *testing.T, c *tls.Config) *httptest.Server {
	t.Helper()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello") }))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.TLS = c
	server.StartTLS()
	t.Cleanup(server.Close)
	return server
}

func colons(hex string) string {
	var parts []string
	for i := 0; i < len(hex); i += 2 {
		parts = append(parts, strings.ToUpper(hex[i:i+2]))
	}
	return strings.Join(parts, ":")
}

func TestCertificates(t *testing.T) {
	ours, others := newAuthority(t), newAuthority(t)
	good, goodKey := ours.issue()
	old, oldKey := ours.issue(func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Hour) })
	alien, alienKey := ours.issue(func(c *x509.Certificate) { c.IPAddresses = []net.IP{net.IPv4(192, 0, 2, 1)} })
	for name, test := range map[string]struct {
		cert    tls.Certificate
		network Network
		says    []string // nil: it works
	}{
		"a private authority": {cert: pair(good, goodKey), network: Network{CAFile: ours.file}},
		"unknown": {cert: pair(good, goodKey), says: []string{"not signed by an authority that this machine trusts", "ca_file",
			`pin_sha256 = "` + sumOf(good) + `"`}},
		"another authority":    {cert: pair(good, goodKey), network: Network{CAFile: others.file}, says: []string{"not signed by"}},
		"another name":         {cert: pair(alien, alienKey), network: Network{CAFile: ours.file}, says: []string{"made out for another name", sumOf(alien)}},
		"expired":              {cert: pair(old, oldKey), network: Network{CAFile: ours.file}, says: []string{"has expired", sumOf(old)}},
		"pinned":               {cert: pair(good, goodKey), network: Network{PinSHA256: sumOf(good)}},
		"pinned, with colons":  {cert: pair(good, goodKey), network: Network{PinSHA256: colons(sumOf(good))}},
		"pinned, though odd":   {cert: pair(alien, alienKey), network: Network{PinSHA256: sumOf(alien)}},
		"pinned another":       {cert: pair(good, goodKey), network: Network{PinSHA256: sumOf(old)}, says: []string{sumOf(old), `it shows pin_sha256 = "` + sumOf(good) + `"`}},
		"pinned and signed":    {cert: pair(good, goodKey), network: Network{PinSHA256: sumOf(good), CAFile: ours.file}},
		"pinned, other signed": {cert: pair(good, goodKey), network: Network{PinSHA256: sumOf(good), CAFile: others.file}, says: []string{"not signed by"}},
		"signed, other pinned": {cert: pair(good, goodKey), network: Network{PinSHA256: sumOf(old), CAFile: ours.file}, says: []string{"not the one of pin_sha256"}},
		"pinned the authority": {cert: pair(good, goodKey), network: Network{PinSHA256: sumOf(ours.cert)}, says: []string{"not the one of pin_sha256"}},
	} {
		t.Run(name, func(t *testing.T) {
			server := serveTLS(t, &tls.Config{Certificates: []tls.Certificate{test.cert}})
			c, b := chainTo(t, server.URL, func(o *Options) { o.Transport = direct(t, test.network) })
			_, body, err := get(t, c, server.URL+secretPath)
			if test.says == nil {
				if err != nil || body != "hello" {
					t.Fatalf("answer %q, %v, want hello", body, err)
				}
				return
			}
			wantFailure(t, err, sdk.Unavailable, false, append(test.says, address(server))...)
			wantRows(t, b, rows{Begun: 1, Unsent: 1})
		})
	}
}

func TestClientCertificate(t *testing.T) {
	ours := newAuthority(t)
	cert, key := ours.issue()
	roots := x509.NewCertPool()
	roots.AddCert(ours.cert)
	server := serveTLS(t, &tls.Config{Certificates: []tls.Certificate{pair(cert, key)}, ClientCAs: roots, ClientAuth: tls.RequireAndVerifyClientCert,
		MaxVersion: tls.VersionTLS12}) // with 1.3 the refusal comes after the handshake, and may be lost behind a reset
	certFile, keyFile := files(t, cert, key)

	t.Run("shown", func(t *testing.T) {
		c, _ := chainTo(t, server.URL, func(o *Options) {
			o.Transport = direct(t, Network{CAFile: ours.file, CertFile: certFile, KeyFile: keyFile})
		})
		if _, body, err := get(t, c, server.URL); err != nil || body != "hello" {
			t.Errorf("answer %q, %v, want hello", body, err)
		}
	})
	t.Run("missing", func(t *testing.T) {
		c, _ := chainTo(t, server.URL, func(o *Options) { o.Transport = direct(t, Network{CAFile: ours.file}) })
		_, _, err := get(t, c, server.URL+secretPath)
		wantFailure(t, err, sdk.Unavailable, false, "refused the TLS connection", "cert_file and key_file")
	})
}

func TestNetworkRefused(t *testing.T) {
	ours := newAuthority(t)
	cert, key := ours.issue()
	certFile, keyFile := files(t, cert, key)
	_, otherKey := files(t, cert, newKey(t))
	empty := filepath.Join(t.TempDir(), "empty.pem")
	if err := os.WriteFile(empty, []byte("s3cret"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		network Network
		says    string
	}{
		"no such authority":     {Network{CAFile: "/nonexistent/ca.pem"}, "ca_file: open /nonexistent/ca.pem: "},
		"no authority in it":    {Network{CAFile: empty}, "ca_file: " + empty + " holds no certificate"},
		"certificate alone":     {Network{CertFile: certFile}, "cert_file and key_file are needed together"},
		"key alone":             {Network{KeyFile: keyFile}, "cert_file and key_file are needed together"},
		"no such certificate":   {Network{CertFile: "/nonexistent/c.pem", KeyFile: keyFile}, "cert_file: open /nonexistent/c.pem: "},
		"no such key":           {Network{CertFile: certFile, KeyFile: "/nonexistent/k.pem"}, "key_file: open /nonexistent/k.pem: "},
		"another key":           {Network{CertFile: certFile, KeyFile: otherKey}, "private key does not match"},
		"no key in it":          {Network{CertFile: certFile, KeyFile: empty}, "key_file " + empty},
		"a short pin":           {Network{PinSHA256: "abcd"}, "pin_sha256: it must be the SHA-256"},
		"a pin of another kind": {Network{PinSHA256: "sha256//s3cret="}, "64 hexadecimal digits"},
		"no proxy":              {Network{Proxy: "http://user:s3cret@%zz"}, "proxy: it is not the URL of a proxy"},
		"a proxy of no kind":    {Network{Proxy: "ftp://user:s3cret@127.0.0.1:1"}, "proxy: the URL of a proxy begins with"},
		"a pin and a proxy":     {Network{Proxy: "https://127.0.0.1:1", PinSHA256: sumOf(cert)}, "proxy: pin_sha256 does not work"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := NewTransport(test.network, nil)
			if err == nil || !strings.Contains(err.Error(), test.says) {
				t.Fatalf("error %v, want one that says %q", err, test.says)
			}
			if strings.Contains(err.Error(), "s3cret") {
				t.Errorf("%q repeats what may be a secret", err)
			}
		})
	}
}
