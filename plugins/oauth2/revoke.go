package oauth2

import (
	"context"

	"github.com/authrun/authrun/sdk"
)

// revoke ends the held token at the server (RFC 7009), and the refresh token that came with it. One that a person's consent brought stays: it
// is the flow's.
func revoke(ctx context.Context, s *server, held Access) (no sdk.Credential[Access], err error) {
	at, err := s.c.endpoints(ctx, s.h, held)
	if err != nil {
		return no, err
	}
	if at.revocation == "" {
		return sdk.Credential[Access]{NotAtVendor: true, Text: "the server names no address at which tokens can be ended"}, nil
	}
	if held.RefreshToken != "" && s.c.Grant != byRefresh {
		if _, err := s.end(ctx, at, held.RefreshToken, "refresh_token"); err != nil {
			return no, err
		}
	}
	ended, err := s.end(ctx, at, held.Token, "access_token")
	switch {
	case err != nil:
		return no, err
	case !ended:
		return sdk.Credential[Access]{NotAtVendor: true, Text: "the server ends no access tokens"}, nil
	case s.c.Grant == byRefresh && held.RefreshToken != s.c.RefreshToken:
		return sdk.Credential[Access]{Text: "the refresh token was rotated, and is forgotten with it: before the next token a person has to consent again"}, nil
	}
	return no, nil
}

// end ends one token. The server answers alike where it was dead already. Ended is false where it does not end tokens of that kind.
func (s *server) end(ctx context.Context, at endpoints, token sdk.Secret, kind string) (ended bool, err error) {
	a, err := s.post(ctx, at, at.revocation, []string{"token", token.Reveal(), "token_type_hint", kind})
	if err != nil && named(a, "unsupported_token_type") {
		return false, nil
	}
	return true, refusal(a, err)
}
