package source

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"cuelabs.dev/go/oci/ociregistry"
	"cuelabs.dev/go/oci/ociregistry/ociauth"
	"cuelabs.dev/go/oci/ociregistry/ociclient"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// Media types of what a registry holds.
const (
	// ArtifactType is what a plugin's index and manifests say of themselves.
	ArtifactType = "application/vnd.authrun.plugin.v1"
	// ExecutableType is the media type of a manifest's one layer, which is the executable as it is.
	ExecutableType = "application/vnd.authrun.plugin.v1.executable"
)

const (
	maxManifest = 4 << 20
	maxTags     = 10000
)

// registrySource is a repository of an OCI registry. A version is a tag, which stands for an index, which has a manifest for each platform, whose one
// layer is the executable: so the digests in the manifests are the hashes of the executables.
type registrySource struct {
	at  Address
	api ociregistry.Interface
}

// newRegistry makes a source of a repository. The error says what is wrong with the user's logins.
func newRegistry(at Address, o Options) (*registrySource, error) {
	// A registry on this machine speaks http://, as docker and its like expect.
	plain := isLoopback(at.host)
	logins, err := o.logins()
	if err != nil {
		return nil, fmt.Errorf("the logins to registries cannot be read: %w", err)
	}
	api, err := ociclient.New(at.host, &ociclient.Options{
		Insecure:  plain,
		Transport: ociauth.NewStdTransport(ociauth.StdTransportParams{Config: logins, Transport: small{o.transport(plain)}}),
	})
	if err != nil {
		return nil, err
	}
	return &registrySource{at: at, api: api}, nil
}

// logins are those of docker and podman: $DOCKER_CONFIG/config.json and its like.
func (o Options) logins() (ociauth.Config, error) {
	helper := func(string, string) (ociauth.ConfigEntry, error) {
		return ociauth.ConfigEntry{}, ociauth.ErrHelperNotFound
	}
	if o.Environ != nil {
		helper = ociauth.ExecHelperWithEnv(o.Environ)
	}
	env := []string{} // not nil, which would be the environment of the process
	for _, name := range []string{"DOCKER_AUTH_CONFIG", "DOCKER_CONFIG", "HOME", "USERPROFILE", "XDG_RUNTIME_DIR"} {
		if value := o.env(name); value != "" {
			env = append(env, name+"="+value)
		}
	}
	return ociauth.LoadWithEnv(helper, env)
}

// small bounds the answers that are no executables: the client reads them as a whole.
type small struct{ next http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (s small) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := s.next.RoundTrip(r)
	if err == nil && !strings.Contains(r.URL.Path, "/blobs/") && strings.HasPrefix(r.URL.Path, "/v2/") {
		resp.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(resp.Body, maxManifest+1), resp.Body}
	}
	return resp, err
}

// Versions implements Source.
func (s *registrySource) Versions(ctx context.Context, vendor string) ([]string, error) {
	var versions []string
	tags := 0
	for tag, err := range s.api.Tags(ctx, s.at.repo, "") {
		if tags++; tags > maxTags {
			err = fmt.Errorf("the repository has more than %d tags", maxTags)
		}
		if err != nil {
			return nil, s.fail(vendor, "", err)
		}
		if _, ok := ParseVersion(tag); ok {
			versions = append(versions, tag)
		}
	}
	return versions, nil
}

// Release implements Source.
func (s *registrySource) Release(ctx context.Context, vendor, version string) (Release, error) {
	layers, err := s.layers(ctx, version)
	if err != nil {
		return Release{}, s.fail(vendor, version, err)
	}
	r := Release{Vendor: vendor, Version: version, Sums: map[string]Sum{}}
	for platform, layer := range layers {
		r.Sums[platform] = layer
	}
	return r, nil
}

// layers are the hashes of the executables of a version, by platform.
func (s *registrySource) layers(ctx context.Context, version string) (map[string]Sum, error) {
	data, mediaType, err := s.manifest(s.api.GetTag(ctx, s.at.repo, version))
	if err != nil {
		return nil, err
	}
	var index ocispec.Index
	if err := json.Unmarshal(data, &index); err != nil || mediaType != ocispec.MediaTypeImageIndex {
		return nil, fmt.Errorf("the tag stands for a %q, and a plugin's stands for an index of manifests, one for each platform", mediaType)
	}
	sums := make(map[string]Sum)
	for _, is := range index.Manifests {
		if is.Platform == nil || is.Platform.OS == "unknown" { // such as an attestation
			continue
		}
		platform := Platform(is.Platform.OS, is.Platform.Architecture)
		if !ValidPlatform(platform) {
			return nil, fmt.Errorf("the index names a platform %q, which none is called", platform)
		}
		if _, twice := sums[platform]; twice {
			return nil, fmt.Errorf("the index has two manifests for %s", platform)
		}
		if sums[platform], err = s.layer(ctx, is); err != nil {
			return nil, fmt.Errorf("the manifest for %s: %w", platform, err)
		}
	}
	if len(sums) == 0 {
		return nil, errors.New("the index names no platform")
	}
	return sums, nil
}

// layer is the hash of the one executable of a manifest.
func (s *registrySource) layer(ctx context.Context, is ocispec.Descriptor) (sum Sum, err error) {
	data, _, err := s.manifest(s.api.GetManifest(ctx, s.at.repo, is.Digest))
	if err != nil {
		return sum, err
	}
	// The client holds the answer against the digest that came with it, which may be another than the one that was asked for.
	if got := Sum(sha256.Sum256(data)); got.String() != is.Digest.String() {
		return sum, fmt.Errorf("the registry gave %s where %s was asked for", got, is.Digest)
	}
	var m ocispec.Manifest
	if err := json.Unmarshal(data, &m); err != nil {
		return sum, errors.New("it is no JSON")
	}
	if len(m.Layers) != 1 || m.Layers[0].MediaType != ExecutableType {
		return sum, fmt.Errorf("it has to have one layer of the type %s", ExecutableType)
	}
	if size := m.Layers[0].Size; size <= 0 || size > maxExecutable {
		return sum, fmt.Errorf("its executable has %d bytes; 1 to %d MiB are possible", size, maxExecutable>>20)
	}
	return ParseSum(m.Layers[0].Digest.String())
}

// manifest reads an answer of the registry, which is bounded.
func (s *registrySource) manifest(r ociregistry.BlobReader, err error) (data []byte, mediaType string, _ error) {
	if err != nil {
		return nil, "", err
	}
	defer func() { _ = r.Close() }()
	data, err = bounded(r, maxManifest)
	return data, r.Descriptor().MediaType, err
}

// Fetch implements Source.
func (s *registrySource) Fetch(ctx context.Context, r Release, platform string, to io.Writer) error {
	blob, err := s.api.GetBlob(ctx, s.at.repo, ociregistry.Digest(r.Sums[platform].String()))
	if err == nil {
		err = copyBounded(to, blob, maxExecutable)
		_ = blob.Close()
	}
	if err != nil {
		return s.fail(r.Vendor, r.Version, fmt.Errorf("the executable for %s: %w", platform, plain(err)))
	}
	return nil
}

func (s *registrySource) fail(vendor, version string, err error) error {
	return &Error{Source: s.at.text, Vendor: vendor, Version: version, Err: plain(err)}
}

// plain says in words what a registry refused.
func plain(err error) error {
	var status ociregistry.HTTPError
	isHTTP := errors.As(err, &status)
	switch {
	case errors.Is(err, ociregistry.ErrUnauthorized) || errors.Is(err, ociregistry.ErrDenied) ||
		isHTTP && (status.StatusCode() == http.StatusUnauthorized || status.StatusCode() == http.StatusForbidden):
		return errors.New("the registry wants a login that may read the repository (docker login), or there is no such repository")
	case errors.Is(err, ociregistry.ErrManifestUnknown) || errors.Is(err, ociregistry.ErrNameUnknown) || errors.Is(err, ociregistry.ErrBlobUnknown) ||
		isHTTP && status.StatusCode() == http.StatusNotFound:
		return ErrNotPublished
	case isHTTP && status.StatusCode() == http.StatusTooManyRequests:
		return errors.New("the registry answers no more requests for now")
	case isHTTP:
		return fmt.Errorf("the registry answered %d %s", status.StatusCode(), http.StatusText(status.StatusCode()))
	}
	return unwrapURL(err)
}
