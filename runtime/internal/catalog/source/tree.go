package source

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
)

// files are those of a folder or of a server, by the same names. An error that is fs.ErrNotExist says that there is no such file.
type files interface {
	open(ctx context.Context, path ...string) (io.ReadCloser, error)
	versions(ctx context.Context, vendor string) ([]string, error)
}

// tree is a source that is laid out in files: <vendor>/<version>/<file>.
type tree struct {
	at    Address
	files files
}

func (t *tree) fail(vendor, version string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		err = ErrNotPublished
	}
	return &Error{Source: t.at.text, Vendor: vendor, Version: version, Err: err}
}

// Versions implements Source.
func (t *tree) Versions(ctx context.Context, vendor string) ([]string, error) {
	versions, err := t.files.versions(ctx, vendor)
	if err != nil {
		return nil, t.fail(vendor, "", err)
	}
	return versions, nil
}

// Release implements Source.
func (t *tree) Release(ctx context.Context, vendor, version string) (Release, error) {
	data, err := t.read(ctx, vendor, version, ListName(vendor, version))
	if err != nil {
		return Release{}, t.fail(vendor, version, err)
	}
	r, err := parseList(vendor, version, data)
	if err != nil {
		return Release{}, t.fail(vendor, version, fmt.Errorf("%s: %w", ListName(vendor, version), err))
	}
	return r, nil
}

func (t *tree) read(ctx context.Context, path ...string) (data []byte, err error) {
	f, err := t.files.open(ctx, path...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	return bounded(f, maxText)
}

// Fetch implements Source.
func (t *tree) Fetch(ctx context.Context, r Release, platform string, to io.Writer) error {
	err := t.fetch(ctx, r, platform, to)
	if err != nil {
		return t.fail(r.Vendor, r.Version, fmt.Errorf("the executable for %s: %w", platform, notThere(err)))
	}
	return nil
}

func (t *tree) fetch(ctx context.Context, r Release, platform string, to io.Writer) error {
	name := ExecutableName(r.Vendor, r.Version, platform)
	f, err := t.files.open(ctx, r.Vendor, r.Version, name)
	if err == nil {
		defer func() { _ = f.Close() }()
		return copyBounded(to, f, maxExecutable)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if f, err = t.files.open(ctx, r.Vendor, r.Version, name+".gz"); err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	unpacked, err := gzip.NewReader(f)
	if err != nil {
		return fmt.Errorf("%s.gz is damaged: %w", name, err)
	}
	if err := copyBounded(to, unpacked, maxExecutable); err != nil {
		return fmt.Errorf("%s.gz: %w", name, err)
	}
	return nil
}

// notThere says that a file is missing in words.
func notThere(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return errors.New("the list of hashes names it, but it is not there")
	}
	return err
}

// folderFiles are the files of a folder.
type folderFiles struct{ dir string }

func (f folderFiles) open(_ context.Context, path ...string) (io.ReadCloser, error) {
	name := filepath.Join(append([]string{f.dir}, path...)...)
	info, err := os.Stat(name)
	if err != nil {
		if missing := f.missing(); missing != nil {
			return nil, missing
		}
		return nil, err
	}
	if !info.Mode().IsRegular() { // a named pipe would hold us for ever
		return nil, fmt.Errorf("%s is no regular file", name)
	}
	return os.Open(name)
}

// missing says that the folder itself cannot be read, which is not the same as something missing in it; nil: it can.
func (f folderFiles) missing() error {
	if _, err := os.ReadDir(f.dir); err != nil {
		return fmt.Errorf("the folder %s cannot be read: %v", f.dir, reason(err))
	}
	return nil
}

func (f folderFiles) versions(_ context.Context, vendor string) ([]string, error) {
	if err := f.missing(); err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(filepath.Join(f.dir, vendor))
	if err != nil {
		return nil, err
	}
	var versions []string
	for _, entry := range entries {
		if _, ok := ParseVersion(entry.Name()); ok && entry.IsDir() {
			versions = append(versions, entry.Name())
		}
	}
	return versions, nil
}

// serverFiles are the files of a server.
type serverFiles struct {
	base   *url.URL
	client *http.Client
}

func (s *serverFiles) open(ctx context.Context, path ...string) (io.ReadCloser, error) {
	at := s.base.JoinPath(path...)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, at.String(), nil)
	if err != nil {
		return nil, err
	}
	resp, err := s.client.Do(req)
	if err != nil {
		return nil, unwrapURL(err)
	}
	switch {
	case resp.StatusCode == http.StatusOK:
		return resp.Body, nil
	case resp.StatusCode == http.StatusNotFound || resp.StatusCode == http.StatusGone:
		err = fs.ErrNotExist
	case resp.StatusCode == http.StatusTooManyRequests:
		err = tooMany(resp.Header)
	default:
		err = fmt.Errorf("the server answered %d %s to %s", resp.StatusCode, http.StatusText(resp.StatusCode), at)
	}
	return nil, errors.Join(err, resp.Body.Close())
}

func (s *serverFiles) versions(ctx context.Context, vendor string) ([]string, error) {
	f, err := s.open(ctx, vendor, VersionsName)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: there is no file %s", ErrNotPublished, s.base.JoinPath(vendor, VersionsName))
	}
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	data, err := bounded(f, maxText)
	if err != nil {
		return nil, err
	}
	versions, err := parseVersions(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", VersionsName, err)
	}
	return versions, nil
}

// reason takes the path off an error of package os.
func reason(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}
