package runtime

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/authrun/authrun/runtime/internal/seal"
)

// keySource is where the keys come from that seal a store. Of content, command and file one is set.
type keySource struct {
	name    string // for a person
	content string // the keys themselves
	command string // a command line that prints them
	file    string // absolute path; authrun makes the file and changes it

	limit time.Duration // how long the command may take
}

// keyVariables name the key, strongest first. One of them may be set: two that say different things are a mistake of whoever runs authrun, and to
// seal with the wrong one of the two would show only when the other is gone.
var keyVariables = []string{"AUTHRUN_KEY", "AUTHRUN_KEY_COMMAND", "AUTHRUN_KEY_FILE"}

// keySource finds where the keys come from: the options, AUTHRUN_KEY, AUTHRUN_KEY_COMMAND, AUTHRUN_KEY_FILE, what the flow says, the
// configuration folder, in this order.
func (r *Runtime) keySource(flowSays string) (keySource, error) {
	if r.opts.Key != "" {
		r.hideKeys(r.opts.Key)
		return keySource{name: "the program", content: r.opts.Key}, nil
	}
	var set []string
	for _, name := range keyVariables {
		value, ok := r.lookup(name)
		if ok && strings.TrimSpace(value) == "" && name != "AUTHRUN_KEY_FILE" {
			return keySource{}, fmt.Errorf("%s is set and empty: give it a value, or unset it", name)
		}
		if value != "" {
			set = append(set, name)
		}
	}
	if len(set) > 1 {
		return keySource{}, fmt.Errorf("the key comes from one place, and %s are set: unset all but one of them", strings.Join(set, " and "))
	}
	if content := r.env("AUTHRUN_KEY"); content != "" {
		r.hideKeys(content)
		return keySource{name: "AUTHRUN_KEY", content: content}, nil
	}
	if command := r.env("AUTHRUN_KEY_COMMAND"); command != "" {
		return keySource{name: "the command in AUTHRUN_KEY_COMMAND", command: command, limit: keyCommandTimeout}, nil
	}
	path, err := r.keyPath(flowSays)
	return keySource{name: "the key file " + path, file: path}, err
}

// keyPath is where the key file lies: AUTHRUN_KEY_FILE, what the flow says, the configuration folder, in this order.
func (r *Runtime) keyPath(flowSays string) (string, error) {
	for _, path := range []string{r.env("AUTHRUN_KEY_FILE"), flowSays} {
		if path != "" {
			return filepath.Abs(path)
		}
	}
	dir := r.xdg("XDG_CONFIG_HOME", ".config")
	if dir == "" {
		return "", errors.New("there is no place for the key that seals the store: none of AUTHRUN_KEY, AUTHRUN_KEY_COMMAND, AUTHRUN_KEY_FILE, " +
			"`key_file` in the flow's authrun block, XDG_CONFIG_HOME and HOME is set")
	}
	return filepath.Join(dir, "authrun", "key"), nil
}

// hideKeys hides what may be a key, or a piece of one, in all that is shown. Shorter words of a text that is not what it should be are words of
// a language.
func (r *Runtime) hideKeys(text string) {
	for word := range strings.FieldsSeq(text) {
		if len(word) >= seal.KeySize/2 {
			r.secrets.Add(word)
		}
	}
}

// keys reads the keys of a source.
func (r *Runtime) keys(ctx context.Context, from keySource) (seal.Ring, error) {
	switch {
	case from.content != "":
		ring, err := seal.ParseContent(from.content)
		if err != nil {
			return ring, fmt.Errorf("what %s holds: %w", from.name, err)
		}
		return ring, nil
	case from.command != "":
		return r.keysPrinted(ctx, from)
	}
	return seal.LoadRing(from.file)
}

// keysOf reads the keys that seal a store. It makes one, where it comes from a file, only if there is no store yet that an older one would have to
// open.
func (r *Runtime) keysOf(ctx context.Context, from keySource, storePath string, exists bool) (ring seal.Ring, err error) {
	if exists || from.file == "" {
		ring, err = r.keys(ctx, from)
	} else {
		ring, _, err = seal.LoadOrCreateRing(from.file, r.rand)
	}
	if errors.Is(err, seal.ErrNoKey) {
		return ring, fmt.Errorf("the key file %s is missing, which seals the store %s: put it back, or name it by AUTHRUN_KEY_FILE; "+
			"without it what is stored cannot be read, and a new store has to be made", from.file, storePath)
	}
	if err != nil {
		return ring, fmt.Errorf("the key of the store %s cannot be used: %w", storePath, err)
	}
	return ring, nil
}
