package httpvendor

import (
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/authrun/authrun/sdk"
)

// scene is what the placeholders of one request see.
type scene struct {
	c      Config
	held   Access
	now    time.Time
	zone   *time.Location
	random io.Reader
	learn  func(string) // tells the host a secret that it cannot know

	body     *string           // of the request, once it is made
	made     map[string]string // values that stay the same within the request: nonce, uuid and what was computed
	computes []string          // those that are being computed, innermost last
}

// The placeholders that are no arguments. Those with a point behind their name take another name.
const (
	nameToken   = "token"
	nameRefresh = "refresh_token"
	nameHeld    = "held."
	nameNow     = "now"
	nameNonce   = "nonce"
	nameUUID    = "uuid"
	nameBody    = "body"
)

// builtin tells whether a name is one of ours.
func builtin(name string) bool {
	return slices.Contains([]string{nameToken, nameRefresh, nameNow, nameNonce, nameUUID, nameBody}, name) || strings.HasPrefix(name, nameHeld)
}

// unsupported is a failure of a template that Check has found before.
func unsupported(text string) *sdk.Failure { return &sdk.Failure{Class: sdk.Unsupported, Text: text} }

// fill is the value of a placeholder, changed by its filters. What is made of a secret is one.
func (s *scene) fill(p piece) (string, error) {
	value, secret, err := s.value(p)
	if err != nil {
		return "", err
	}
	for _, name := range p.filters {
		if change := filters[name]; change != nil {
			value = change(value)
		}
	}
	if secret && len(p.filters) > 0 && s.learn != nil {
		s.learn(value)
	}
	return value, nil
}

// value is the value that a placeholder names, and whether nobody may see it.
func (s *scene) value(p piece) (value string, secret bool, err error) {
	if value, secret, ok := s.c.given(p.name); ok {
		return value, secret, nil
	}
	switch p.name {
	case nameToken:
		return s.held.Token.Reveal(), true, nil
	case nameRefresh:
		return s.held.RefreshToken.Reveal(), true, nil
	case nameNow:
		value, err := write(s.now, p.argument, s.zone)
		return value, false, err
	case nameNonce, nameUUID:
		value, err := s.once(p.name, func() (string, error) { return s.chance(p.name) })
		return value, false, err
	case nameBody:
		if s.body == nil {
			return "", false, unsupported("a body cannot be made of itself")
		}
		return *s.body, true, nil
	}
	if name, ok := strings.CutPrefix(p.name, nameHeld); ok {
		if secret, ok := s.held.SensitiveAttributes[name]; ok {
			return secret.Reveal(), true, nil
		}
		return s.held.Attributes[name], false, nil
	}
	if i := slices.IndexFunc(s.c.Compute, func(c Compute) bool { return c.Name == p.name }); i >= 0 {
		value, err := s.once(p.name, func() (string, error) { return s.compute(s.c.Compute[i]) })
		return value, true, err
	}
	return "", false, unsupported(fmt.Sprintf("a template has a placeholder that nothing fills: %s", p.name))
}

// given is an argument's value.
func (c Config) given(name string) (value string, secret, ok bool) {
	for _, open := range []map[string]string{c.Account, c.Values} {
		if value, ok := open[name]; ok {
			return value, false, true
		}
	}
	for _, hidden := range []map[string]sdk.Secret{c.AccountSecrets, c.Secrets, c.Passing} {
		if value, ok := hidden[name]; ok {
			return value.Reveal(), true, true
		}
	}
	return "", false, false
}

// once makes a value when it is first asked for. Nothing is remembered that hangs on the body before there is one: it cannot be made then.
func (s *scene) once(name string, first func() (string, error)) (string, error) {
	if value, ok := s.made[name]; ok {
		return value, nil
	}
	value, err := first()
	if err == nil {
		s.made[name] = value
	}
	return value, err
}

// chance is a random value: 32 hexadecimal digits, as such or as a UUID.
func (s *scene) chance(name string) (string, error) {
	raw := make([]byte, 16)
	if _, err := io.ReadFull(s.random, raw); err != nil {
		return "", fmt.Errorf("no random bytes: %w", err)
	}
	if name == nameNonce {
		return hex.EncodeToString(raw), nil
	}
	raw[6], raw[8] = raw[6]&0x0f|0x40, raw[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", raw[:4], raw[4:6], raw[6:8], raw[8:10], raw[10:]), nil
}

// compute computes a value.
func (s *scene) compute(c Compute) (string, error) {
	if slices.Contains(s.computes, c.Name) {
		return "", unsupported("a value is computed of itself: " + c.Name)
	}
	s.computes = append(s.computes, c.Name)
	defer func() { s.computes = s.computes[:len(s.computes)-1] }()
	from, err := s.text(c.From)
	if err != nil {
		return "", err
	}
	key, err := s.text(c.Key)
	if err != nil {
		return "", err
	}
	value := c.value(from, key)
	if s.learn != nil {
		s.learn(value)
	}
	return value, nil
}

// text is a template's text with its placeholders filled.
func (s *scene) text(text string) (string, error) {
	t, err := parse(text)
	if err != nil {
		return "", unsupported("a template is wrong: " + err.Error())
	}
	return t.render(s, asIs)
}
