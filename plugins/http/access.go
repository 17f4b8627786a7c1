package httpvendor

import (
	"strconv"
	"time"

	"github.com/authrun/authrun/sdk"
)

func itoa(n int) string { return strconv.Itoa(n) }

// forever is a life without an end, as an argument.
const forever = "forever"

// read makes a credential of an answer. Held is the one before: what the answer leaves out of it stays.
func (w Answered) read(a *reply, held Access, zone *time.Location) (c sdk.Credential[Access], err error) {
	token, err := a.find(w.Token)
	if err != nil {
		return c, err
	}
	refresh, err := a.find(w.RefreshToken)
	if err != nil {
		return c, err
	}
	c.Value = Access{Token: sdk.Secret(token), RefreshToken: sdk.Secret(refresh), Attributes: map[string]string{}, SensitiveAttributes: map[string]sdk.Secret{}}
	if refresh == "" {
		c.Value.RefreshToken = held.RefreshToken
	}
	for name, at := range w.Attributes {
		if c.Value.Attributes[name], err = a.find(at); err != nil {
			return c, err
		}
	}
	for name, at := range w.SensitiveAttributes {
		secret, err := a.find(at)
		if err != nil {
			return c, err
		}
		c.Value.SensitiveAttributes[name] = sdk.Secret(secret)
	}
	c.UsableAfter = w.UsableAfter
	if c.RenewWithin, err = w.renewable(a); err != nil {
		return c, err
	}
	c.Life, err = w.life(a, zone)
	return c, err
}

// life is how long the credential lives.
func (w Answered) life(a *reply, zone *time.Location) (life time.Duration, err error) {
	switch {
	case w.Lifetime != "":
		life, err = w.duration(a, w.Lifetime)
	case w.ExpiresAt != "":
		life, err = w.until(a, zone)
	}
	if err != nil {
		return 0, err
	}
	if life == 0 {
		if life, err = w.unsaid(); err != nil {
			return 0, err
		}
	}
	if w.MaxLife != nil {
		life = min(life, *w.MaxLife)
	}
	return life, nil
}

// unsaid is the life where the answer does not say it.
func (w Answered) unsaid() (time.Duration, error) {
	switch w.Life {
	case forever:
		return sdk.Forever, nil
	case "":
		return 0, &sdk.Failure{Class: sdk.MalformedAnswer, Text: "the answer does not say how long the token lives, and the flow sets no life for that case"}
	}
	return sdk.ParseDuration(w.Life)
}

// duration is a number at a place, of the unit of lifetimes; 0: there is none above zero.
func (w Answered) duration(a *reply, at string) (time.Duration, error) {
	text, err := a.find(at)
	if err != nil {
		return 0, err
	}
	var n sdk.Int
	if err := n.UnmarshalText([]byte(text)); err != nil {
		return 0, &sdk.Failure{Class: sdk.MalformedAnswer, Text: "the answer holds no number at " + at}
	}
	return max(0, n).Duration(units[w.LifetimeUnit]), nil
}

// until is the life up to the moment at expires_at; 0: there is none. A moment that has passed is a life that is over.
func (w Answered) until(a *reply, zone *time.Location) (time.Duration, error) {
	text, err := a.find(w.ExpiresAt)
	if err != nil || text == "" || text == "0" {
		return 0, err
	}
	t, ok := read(text, w.ExpiresFormat, zone)
	if !ok {
		return 0, &sdk.Failure{Class: sdk.MalformedAnswer, Text: "the answer holds no time of the form " + w.ExpiresFormat + " at " + w.ExpiresAt}
	}
	if life := a.LifeUntil(t); life != 0 {
		return life, nil
	}
	return -1, nil
}

// renewable is for how long the credential can be renewed; 0: while it lives.
func (w Answered) renewable(a *reply) (within time.Duration, err error) {
	if w.RenewLifetime != "" {
		if within, err = w.duration(a, w.RenewLifetime); err != nil {
			return 0, err
		}
	}
	if within == 0 && w.RenewWithin != nil {
		within = *w.RenewWithin
	}
	return within, nil
}
