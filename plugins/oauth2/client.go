package oauth2

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/url"

	"github.com/authrun/authrun/sdk"
)

// identify says who the client is, to the server whose token endpoint that is: by fields of the form, or by a header.
func (c Config) identify(h *sdk.Host, random io.Reader, token string) (fields []string, options []sdk.RequestOption, err error) {
	switch c.AuthMethod {
	case secretBasic:
		// RFC 6749, 2.3.1: both are encoded as in a form first.
		pair := url.QueryEscape(c.ClientID) + ":" + url.QueryEscape(c.ClientSecret.Reveal())
		basic := base64.StdEncoding.EncodeToString([]byte(pair))
		h.Learn(basic)
		return nil, []sdk.RequestOption{sdk.Header("Authorization", "Basic "+basic)}, nil
	case secretPost:
		return []string{"client_id", c.ClientID, "client_secret", c.ClientSecret.Reveal()}, nil, nil
	case secretJWT, keyJWT:
		assertion, err := c.assertion(h, random, token)
		if err != nil {
			return nil, nil, err
		}
		return []string{"client_id", c.ClientID, "client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
			"client_assertion", assertion}, nil, nil
	}
	return []string{"client_id", c.ClientID}, nil, nil
}

// assertion is a signed statement of who the client is, for an audience (RFC 7523). Its times are the host's.
func (c Config) assertion(h *sdk.Host, random io.Reader, audience string) (string, error) {
	id := make([]byte, 16)
	if _, err := io.ReadFull(random, id); err != nil {
		return "", fmt.Errorf("no random bytes: %w", err)
	}
	header := map[string]any{"typ": "JWT", "alg": hs256}
	if c.KeyID != "" {
		header["kid"] = c.KeyID
	}
	now := h.Now()
	if c.AssertionAudience != "" {
		audience = c.AssertionAudience
	}
	claims := map[string]any{"iss": c.ClientID, "sub": c.ClientID, "aud": audience, "jti": hex.EncodeToString(id),
		"iat": now.Unix(), "exp": now.Add(c.AssertionLife).Unix()}
	var sum func(text []byte) ([]byte, error)
	if c.AuthMethod == secretJWT {
		sum = func(text []byte) ([]byte, error) {
			mac := hmac.New(sha256.New, []byte(c.ClientSecret.Reveal()))
			mac.Write(text)
			return mac.Sum(nil), nil
		}
	} else {
		key, algorithm, err := parseKey(c.PrivateKey.Reveal(), c.Algorithm)
		if err != nil {
			return "", &sdk.Failure{Class: sdk.InvalidCredentials, Text: "the private key cannot be used: " + err.Error(), Path: []string{"private_key"}}
		}
		header["alg"] = algorithm
		sum = func(text []byte) ([]byte, error) { return sign(random, key, algorithm, text) }
	}
	text := part(header) + "." + part(claims)
	signature, err := sum([]byte(text))
	if err != nil {
		return "", fmt.Errorf("the assertion cannot be signed: %w", err)
	}
	assertion := text + "." + base64.RawURLEncoding.EncodeToString(signature)
	h.Learn(assertion)
	return assertion, nil
}

// part is a part of a JWT.
func part(members map[string]any) string {
	raw, _ := json.Marshal(members) // texts and numbers always have a JSON form
	return base64.RawURLEncoding.EncodeToString(raw)
}
