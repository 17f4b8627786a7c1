package source

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cuelabs.dev/go/oci/ociregistry"
	"github.com/google/go-cmp/cmp"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// shelf is a registry by hand, which can be made to misbehave; package registrytest has a real one.
type shelf struct {
	objects map[string]string // by digest
	types   map[string]string // by digest
	tags    map[string]string // digest by tag
}

func newShelf() *shelf {
	return &shelf{objects: map[string]string{}, types: map[string]string{}, tags: map[string]string{}}
}

func (s *shelf) put(mediaType, content string) ocispec.Descriptor {
	digest := Sum(sha256.Sum256([]byte(content))).String()
	s.objects[digest], s.types[digest] = content, mediaType
	return ocispec.Descriptor{MediaType: mediaType, Digest: ociregistry.Digest(digest), Size: int64(len(content))}
}

func (s *shelf) json(mediaType string, v any) ocispec.Descriptor {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return s.put(mediaType, string(text))
}

// manifest puts a manifest with one executable.
func (s *shelf) manifest(layers ...ocispec.Descriptor) ocispec.Descriptor {
	return s.json(ocispec.MediaTypeImageManifest, ocispec.Manifest{MediaType: ocispec.MediaTypeImageManifest, ArtifactType: ArtifactType, Layers: layers})
}

// release puts a version of manifests, by platform.
func (s *shelf) release(tag string, manifests map[string]ocispec.Descriptor) {
	index := ocispec.Index{MediaType: ocispec.MediaTypeImageIndex, ArtifactType: ArtifactType}
	for platform, m := range manifests {
		goos, arch, _ := strings.Cut(platform, "/")
		m.Platform = &ocispec.Platform{OS: goos, Architecture: arch}
		index.Manifests = append(index.Manifests, m)
	}
	s.tags[tag] = s.json(ocispec.MediaTypeImageIndex, index).Digest.String()
}

// ServeHTTP answers as the distribution specification has it.
func (s *shelf) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	rest, ok := strings.CutPrefix(r.URL.Path, "/v2/acme/plugin/")
	kind, name, _ := strings.Cut(rest, "/")
	switch {
	case ok && kind == "tags":
		var tags []string
		for tag := range s.tags {
			tags = append(tags, tag)
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"name": "acme/plugin", "tags": tags})
		return
	case ok && s.tags[name] != "":
		name = s.tags[name]
	}
	content, there := s.objects[name]
	if !ok || !there {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusNotFound)
		_, _ = w.Write([]byte(`{"errors":[{"code":"MANIFEST_UNKNOWN"}]}`))
		return
	}
	w.Header().Set("Content-Type", s.types[name])
	w.Header().Set("Docker-Content-Digest", Sum(sha256.Sum256([]byte(content))).String())
	_, _ = w.Write([]byte(content))
}

// registryAt opens a repository of a registry on this machine.
func registryAt(t *testing.T, h http.Handler, o Options) Source {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return open(t, "oci://"+strings.TrimPrefix(s.URL, "http://")+"/acme/plugin", o)
}

func TestRegistry(t *testing.T) {
	s := newShelf()
	executable := s.manifest(s.put(ExecutableType, program))
	attestation := s.manifest(s.put("application/vnd.in-toto+json", "{}"))
	s.release("1.2.0", map[string]ocispec.Descriptor{"linux/amd64": executable, "windows/amd64": executable, "unknown/unknown": attestation})
	s.release("latest", nil)
	s.release("v1.0.0", nil)
	from := registryAt(t, s, Options{})

	versions, err := from.Versions(t.Context(), "acme")
	if diff := cmp.Diff([]string{"1.2.0"}, versions); err != nil || diff != "" {
		t.Fatal(err, diff)
	}
	r, err := from.Release(t.Context(), "acme", "1.2.0")
	if diff := cmp.Diff([]string{"linux_amd64", "windows_amd64"}, r.Platforms()); err != nil || diff != "" {
		t.Fatal(err, diff)
	}
	var got bytes.Buffer
	if err := from.Fetch(t.Context(), r, "linux_amd64", &got); err != nil || got.String() != program {
		t.Errorf("%q, %v", got.String(), err)
	}
	if r.Sums["linux_amd64"] != sha256.Sum256([]byte(program)) {
		t.Error("the digest in the manifest is not the executable's hash")
	}
	if _, err := from.Release(t.Context(), "acme", "9.0.0"); !errors.Is(err, ErrNotPublished) {
		t.Errorf("a version that is not there: %v", err)
	}
}

func TestRegistriesThatMisbehave(t *testing.T) {
	s := newShelf()
	layer := s.put(ExecutableType, program)
	huge := layer
	huge.Size = 1 << 40
	one := func(m ocispec.Descriptor) map[string]ocispec.Descriptor {
		return map[string]ocispec.Descriptor{"linux/amd64": m}
	}
	s.release("1.0.0", one(s.manifest()))
	s.release("1.0.1", one(s.manifest(layer, layer)))
	s.release("1.0.2", one(s.manifest(s.put("application/vnd.oci.image.layer.v1.tar+gzip", "x"))))
	s.release("1.0.3", one(s.manifest(huge)))
	s.release("1.0.4", map[string]ocispec.Descriptor{"../linux/amd64": s.manifest(layer)})
	s.release("1.0.5", nil)
	s.tags["1.0.6"] = s.manifest(layer).Digest.String() // no index
	s.tags["1.0.7"] = s.put(ocispec.MediaTypeImageIndex, "<html>").Digest.String()
	twice := s.manifest(layer)
	twice.Platform = &ocispec.Platform{OS: "linux", Architecture: "amd64"}
	s.tags["1.0.8"] = s.json(ocispec.MediaTypeImageIndex, ocispec.Index{Manifests: []ocispec.Descriptor{twice, twice}}).Digest.String()
	swapped := s.manifest(layer, layer, layer)
	s.release("1.0.9", one(swapped))
	s.objects[swapped.Digest.String()] = `{"layers":[]}` // with a digest of its own in the header
	from := registryAt(t, s, Options{})
	for version, want := range map[string]string{
		"1.0.0": "one layer", "1.0.1": "one layer", "1.0.2": "one layer", "1.0.3": "bytes", "1.0.4": "none is called", "1.0.5": "no platform",
		"1.0.6": "an index of manifests", "1.0.7": "an index of manifests", "1.0.8": "two manifests", "1.0.9": "was asked for",
	} {
		if _, err := from.Release(t.Context(), "acme", version); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want it to say %q", version, err, want)
		}
	}
}

func TestRegistryAnswers(t *testing.T) {
	status := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
	}
	for name, test := range map[string]struct {
		answer http.HandlerFunc
		want   string
	}{
		"broken":    {status(http.StatusInternalServerError), "500 Internal Server Error"},
		"too many":  {status(http.StatusTooManyRequests), "no more requests"},
		"forbidden": {status(http.StatusForbidden), "docker login"},
		"missing":   {status(http.StatusNotFound), "not published"},
		"a page":    {func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>") }, "tags"},
		"endless":   {endless, "tags"},
		"login": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("WWW-Authenticate", `Bearer realm="http://login.example/token",service="x"`)
			w.WriteHeader(http.StatusUnauthorized)
		}, "without TLS"},
		"silent": {func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done(); panic(http.ErrAbortHandler) }, "silent"},
	} {
		t.Run(name, func(t *testing.T) {
			from := registryAt(t, test.answer, Options{Patience: 200 * time.Millisecond})
			if _, err := from.Versions(t.Context(), "acme"); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%v, want it to say %q", err, test.want)
			}
		})
	}
}

func TestLogin(t *testing.T) {
	s := newShelf()
	s.release("1.2.0", nil)
	private := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if name, password, _ := r.BasicAuth(); name != "me" || password != "opensesame" {
			w.Header().Set("WWW-Authenticate", `Basic realm="shelf"`)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		s.ServeHTTP(w, r)
	})
	server := httptest.NewServer(private)
	defer server.Close()
	host := strings.TrimPrefix(server.URL, "http://")
	dir := t.TempDir()
	write(t, filepath.Join(dir, "config.json"), fmt.Sprintf(`{"auths":{%q:{"auth":%q}}}`, host, base64.StdEncoding.EncodeToString([]byte("me:opensesame"))))

	in := Options{Env: func(name string) (string, bool) { return dir, name == "DOCKER_CONFIG" }}
	versions, err := open(t, "oci://"+host+"/acme/plugin", in).Versions(t.Context(), "acme")
	if diff := cmp.Diff([]string{"1.2.0"}, versions); err != nil || diff != "" {
		t.Error(err, diff)
	}
	_, err = open(t, "oci://"+host+"/acme/plugin", Options{}).Versions(t.Context(), "acme")
	if err == nil || !strings.Contains(err.Error(), "docker login") {
		t.Errorf("without a login: %v", err)
	}
}

func TestLoginsThatCannotBeRead(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "config.json"), "opensesame")
	a, err := ParseAddress("oci://ghcr.io/acme/plugin", dir)
	if err != nil {
		t.Fatal(err)
	}
	_, err = a.Open(Options{Env: func(name string) (string, bool) { return dir, name == "DOCKER_CONFIG" }})
	if err == nil || !strings.Contains(err.Error(), "logins") || strings.Contains(err.Error(), "opensesame") {
		t.Errorf("%v", err)
	}
}
