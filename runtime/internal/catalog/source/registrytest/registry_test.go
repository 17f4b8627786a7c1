package registrytest

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/distribution/distribution/v3/configuration"
	_ "github.com/distribution/distribution/v3/registry/auth/htpasswd"
	"github.com/distribution/distribution/v3/registry/handlers"
	_ "github.com/distribution/distribution/v3/registry/storage/driver/filesystem"
	"github.com/opencontainers/image-spec/specs-go"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"golang.org/x/crypto/bcrypt"
	"oras.land/oras-go/v2"
	"oras.land/oras-go/v2/content"
	"oras.land/oras-go/v2/registry/remote"
	"oras.land/oras-go/v2/registry/remote/auth"

	"github.com/authrun/authrun/runtime/cli"
	"github.com/authrun/authrun/runtime/internal/catalog/source"
)

// openRegistry opens a registry that keeps what it gets in a temporary folder; with a password, only "me" who knows it gets in.
func openRegistry(t *testing.T, password string) (host string) {
	t.Helper()
	c := &configuration.Configuration{Storage: configuration.Storage{"filesystem": configuration.Parameters{"rootdirectory": t.TempDir()}}}
	c.Log.Level = "panic"
	c.HTTP.Secret = "for tests"
	if password != "" {
		hash, err := bcrypt.GenerateFromPassword([]byte(password), bcrypt.MinCost)
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(t.TempDir(), "htpasswd")
		if err := os.WriteFile(file, []byte("me:"+string(hash)+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		c.Auth = configuration.Auth{"htpasswd": configuration.Parameters{"realm": "test", "path": file}}
	}
	app := handlers.NewApp(t.Context(), c)
	s := httptest.NewServer(app)
	t.Cleanup(func() {
		s.Close()
		if err := app.Shutdown(); err != nil {
			t.Error(err)
		}
	})
	return strings.TrimPrefix(s.URL, "http://")
}

// publish publishes a version as docs/plugins.md has it, with another client than authrun's.
func publish(t *testing.T, host, password, version string, executables map[string][]byte) {
	t.Helper()
	repo, err := remote.NewRepository(host + "/acme/authrun-plugin-acme")
	if err != nil {
		t.Fatal(err)
	}
	repo.PlainHTTP = true
	repo.Client = &auth.Client{Credential: auth.StaticCredential(host, auth.Credential{Username: "me", Password: password})}
	index := ocispec.Index{Versioned: specs.Versioned{SchemaVersion: 2}, MediaType: ocispec.MediaTypeImageIndex, ArtifactType: source.ArtifactType}
	for platform, executable := range executables {
		layer := content.NewDescriptorFromBytes(source.ExecutableType, executable)
		there, err := repo.Blobs().Exists(t.Context(), layer)
		if err == nil && !there {
			err = repo.Push(t.Context(), layer, bytes.NewReader(executable))
		}
		if err != nil {
			t.Fatal(err)
		}
		manifest, err := oras.PackManifest(t.Context(), repo, oras.PackManifestVersion1_1, source.ArtifactType,
			oras.PackManifestOptions{Layers: []ocispec.Descriptor{layer}})
		if err != nil {
			t.Fatal(err)
		}
		goos, arch, _ := strings.Cut(platform, "_")
		manifest.Platform = &ocispec.Platform{OS: goos, Architecture: arch}
		index.Manifests = append(index.Manifests, manifest)
	}
	if _, err := oras.TagBytes(t.Context(), repo, ocispec.MediaTypeImageIndex, marshal(t, index), version); err != nil {
		t.Fatal(err)
	}
}

// own is the test binary, which is the plugin.
func own(t *testing.T) []byte {
	t.Helper()
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

var here = source.Platform(runtime.GOOS, runtime.GOARCH)

// machine is a user's machine on which the command line runs.
type machine struct {
	t   *testing.T
	dir string
	env map[string]string
}

func newMachine(t *testing.T, host string) *machine {
	m := &machine{t: t, dir: t.TempDir(), env: map[string]string{}}
	m.env["HOME"], m.env["DOCKER_CONFIG"] = filepath.Join(m.dir, "home"), filepath.Join(m.dir, "docker")
	m.write("flow.hcl", fmt.Sprintf(`authrun {
  required_plugins {
    acme = { source = "oci://%s/acme/authrun-plugin-acme", version = "~> 1.0" }
  }
}
auth "acme" "a" {
  url    = "http://127.0.0.1:1"
  secret = "x"
}
`, host))
	return m
}

func (m *machine) write(name, text string) {
	m.t.Helper()
	path := filepath.Join(m.dir, name)
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(text), 0o600)); err != nil {
		m.t.Fatal(err)
	}
}

// run runs authrun.
func (m *machine) run(args ...string) (status int, stdout, stderr string) {
	m.t.Helper()
	var out, err strings.Builder
	status = cli.Run(m.t.Context(), cli.Env{Args: args, Stdin: strings.NewReader(""), Stdout: &out, Stderr: &err, Now: time.Now, Zone: time.UTC,
		LookupEnv: func(name string) (string, bool) { value, ok := m.env[name]; return value, ok }})
	return status, out.String(), err.String()
}

func TestInitFromARegistry(t *testing.T) {
	host := openRegistry(t, "")
	other := []byte("\x7fELF for another machine")
	publish(t, host, "", "1.2.0", map[string][]byte{here: own(t), "plan9_mips": other})
	publish(t, host, "", "2.0.0", map[string][]byte{here: other})
	m := newMachine(t, host)
	status, stdout, stderr := m.run("init", filepath.Join(m.dir, "flow.hcl"))
	if status != 0 || !strings.Contains(stdout, "acme 1.2.0  from oci://"+host) {
		t.Fatalf("status %d\n%s%s", status, stdout, stderr)
	}
	lock, err := os.ReadFile(filepath.Join(m.dir, ".authrun.lock.hcl"))
	if err != nil {
		t.Fatal(err)
	}
	for _, executable := range [][]byte{own(t), other} {
		if hash := fmt.Sprintf("sha256:%x", sha256.Sum256(executable)); !strings.Contains(string(lock), hash) {
			t.Errorf("the lock file has no %s:\n%s", hash, lock)
		}
	}
	if status, stdout, stderr := m.run("validate", filepath.Join(m.dir, "flow.hcl")); status != 0 {
		t.Errorf("status %d\n%s%s", status, stdout, stderr)
	}
	copied := filepath.Join(m.dir, "copy")
	if status, stdout, stderr := m.run("plugin", "mirror", copied, filepath.Join(m.dir, "flow.hcl")); status != 0 {
		t.Errorf("status %d\n%s%s", status, stdout, stderr)
	}
	if got, err := os.ReadFile(filepath.Join(copied, "acme", "1.2.0", source.ExecutableName("acme", "1.2.0", "plan9_mips"))); !bytes.Equal(got, other) {
		t.Errorf("the mirror has %q, %v", got, err)
	}

	m = newMachine(t, host)
	if status, stdout, stderr := m.run("plugin", "install", "oci://"+host+"/acme/authrun-plugin-acme@1.2.0"); status != 0 {
		t.Fatalf("status %d\n%s%s", status, stdout, stderr)
	}
	if status, stdout, _ := m.run("plugin", "list"); status != 0 || !strings.Contains(stdout, "acme 1.2.0") {
		t.Errorf("status %d\n%s", status, stdout)
	}
}

func TestRegistryWithALogin(t *testing.T) {
	host := openRegistry(t, "opensesame")
	publish(t, host, "opensesame", "1.2.0", map[string][]byte{here: own(t)})
	m := newMachine(t, host)
	flow := filepath.Join(m.dir, "flow.hcl")
	if status, _, stderr := m.run("init", flow); status != 1 || !strings.Contains(stderr, "docker login") {
		t.Errorf("without a login: status %d\n%s", status, stderr)
	}
	m.write("docker/config.json", fmt.Sprintf(`{"auths":{%q:{"auth":%q}}}`, host, base64.StdEncoding.EncodeToString([]byte("me:opensesame"))))
	if status, stdout, stderr := m.run("init", flow); status != 0 {
		t.Errorf("status %d\n%s%s", status, stdout, stderr)
	}
}

func TestWhatTheRegistryDoesNotHave(t *testing.T) {
	host := openRegistry(t, "")
	m := newMachine(t, host)
	flow := filepath.Join(m.dir, "flow.hcl")
	if status, _, stderr := m.run("init", flow); status != 1 || !strings.Contains(stderr, "not published") {
		t.Errorf("no repository: status %d\n%s", status, stderr)
	}
	publish(t, host, "", "2.0.0", map[string][]byte{here: own(t)})
	if status, _, stderr := m.run("init", flow); status != 1 || !strings.Contains(stderr, `no version fits "~> 1.0"; there are 2.0.0`) {
		t.Errorf("no version: status %d\n%s", status, stderr)
	}
	publish(t, host, "", "1.0.0", map[string][]byte{here: own(t)})
	if status, _, stderr := m.run("init", flow); status != 1 || !strings.Contains(stderr, `says of itself that it is version "1.2.0"`) {
		t.Errorf("another version inside: status %d\n%s", status, stderr)
	}
	if _, err := os.Stat(filepath.Join(m.dir, ".authrun.lock.hcl")); err == nil {
		t.Error("something was locked")
	}
}

func marshal(t *testing.T, v any) []byte {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
