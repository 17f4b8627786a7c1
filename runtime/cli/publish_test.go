package cli

import (
	"crypto/sha256"
	"encoding/pem"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	goruntime "runtime"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// publishing are the commands of scripts for those who publish plugins, and for those who tamper with them.
var publishing = map[string]func(ts *testscript.TestScript, neg bool, args []string){
	"build": build, "publish": publish, "serve": serve, "spoil": spoil,
}

// shopProgram is the plugin of the scripts, with a text at its end that makes it another file.
func shopProgram(ts *testscript.TestScript, text string) []byte {
	name := "authrun-plugin-shop"
	if goruntime.GOOS == "windows" {
		name += ".exe"
	}
	dir, _, _ := strings.Cut(ts.Getenv("PATH"), string(filepath.ListSeparator))
	data, err := os.ReadFile(filepath.Join(dir, name))
	ts.Check(err)
	return append(data, text...)
}

func writeProgram(ts *testscript.TestScript, path string, data []byte) {
	ts.Check(os.MkdirAll(filepath.Dir(path), 0o755))
	ts.Check(os.WriteFile(path, data, 0o755))
}

// build is `build FILE TEXT`: it makes a plugin of the text's own.
func build(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: build FILE TEXT")
	}
	writeProgram(ts, ts.MkAbs(args[0]), shopProgram(ts, args[1]))
}

// publish is `publish FOLDER VERSION [TEXT]`: it lays out a release for this machine and one that there is none of.
func publish(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: publish FOLDER VERSION [TEXT]")
	}
	version, data := args[1], shopProgram(ts, strings.Join(args[2:], " "))
	dir := filepath.Join(ts.MkAbs(args[0]), "shop", version)
	stem := "authrun-plugin-shop_" + version + "_"
	name := stem + goruntime.GOOS + "_" + goruntime.GOARCH
	if goruntime.GOOS == "windows" {
		name += ".exe"
	}
	other := stem + "plan9_mips"
	writeProgram(ts, filepath.Join(dir, name), data)
	writeProgram(ts, filepath.Join(dir, other), []byte("for another machine"))
	list := fmt.Sprintf("%x  %s\n%x  %s\n", sha256.Sum256(data), name, sha256.Sum256([]byte("for another machine")), other)
	ts.Check(os.WriteFile(filepath.Join(dir, stem+"SHA256SUMS"), []byte(list), 0o644))
	versions, err := os.OpenFile(filepath.Join(dir, "..", "VERSIONS"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	ts.Check(err)
	_, err = versions.WriteString(version + "\n")
	ts.Check(err)
	ts.Check(versions.Close())
}

// serve is `serve FOLDER`: it serves a folder over TLS at $SERVER, with a certificate that the programs of the script believe.
func serve(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: serve FOLDER")
	}
	s := httptest.NewTLSServer(http.FileServer(http.Dir(ts.MkAbs(args[0]))))
	ts.Defer(s.Close)
	certificate := ts.MkAbs("server.pem")
	ts.Check(os.WriteFile(certificate, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}), 0o644))
	ts.Setenv("SSL_CERT_FILE", certificate)
	ts.Setenv("SERVER", s.URL)
}

// spoil is `spoil FOLDER`: it changes every plugin of the scripts below a folder by one byte.
func spoil(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: spoil FOLDER")
	}
	changed := 0
	ts.Check(filepath.WalkDir(ts.MkAbs(args[0]), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasPrefix(d.Name(), "authrun-plugin-shop") {
			return err
		}
		changed++
		ts.Check(os.Chmod(path, 0o755))
		f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
		ts.Check(err)
		_, err = f.WriteString("!")
		ts.Check(err)
		return f.Close()
	}))
	if changed == 0 {
		ts.Fatalf("there is no plugin in %s", args[0])
	}
}
