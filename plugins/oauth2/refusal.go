package oauth2

import (
	"errors"
	"net/http"

	"github.com/authrun/authrun/sdk"
)

// codes are the errors of RFC 6749, 5.2, and of the standards around it, at a request that gets a token.
var codes = sdk.Codes{
	"invalid_client": sdk.InvalidCredentials, "invalid_grant": sdk.InvalidCredentials, "access_denied": sdk.InvalidCredentials,
	"invalid_request": sdk.InvalidRequest, "invalid_scope": sdk.InvalidRequest, "invalid_target": sdk.InvalidRequest,
	"unauthorized_client": sdk.InvalidRequest, "unsupported_grant_type": sdk.InvalidRequest, "unsupported_response_type": sdk.InvalidRequest,
	"temporarily_unavailable": sdk.Unavailable, "server_error": sdk.Unavailable, "slow_down": sdk.RateLimited,
	"interaction_required": sdk.InteractionRequired, "login_required": sdk.InteractionRequired, "consent_required": sdk.InteractionRequired,
	"mfa_required": sdk.InteractionRequired, "account_selection_required": sdk.InteractionRequired,
	"unsupported_token_type": sdk.Unsupported,
}

// refusal is the failure of an answer: by the error that its body names, else what its HTTP status says. It is nil where neither does. Some
// servers refuse with HTTP 200.
func refusal(a *sdk.Answer, err error) error {
	var r struct {
		Error       sdk.Text `json:"error"`
		Description sdk.Text `json:"error_description"`
	}
	if a == nil {
		return err
	}
	if a.JSON(&r) != nil || r.Error == "" {
		if err != nil && a.Status == http.StatusUnauthorized {
			return &sdk.Failure{Class: sdk.InvalidCredentials, Text: "the server does not know the client, or its secret (HTTP 401)"}
		}
		return err
	}
	f := codes.Failure(r.Error, string(r.Description))
	if _, known := codes.Class(string(r.Error)); !known {
		if standard := (*sdk.Failure)(nil); errors.As(err, &standard) {
			f.Class = standard.Class
		}
	}
	f.RetryAfter = a.RetryAfter()
	if a.Status == http.StatusTooManyRequests || a.Status == http.StatusServiceUnavailable {
		f.Class = sdk.ClassOf(err)
	}
	return f
}

// named tells whether a server refused with one of its errors.
func named(a *sdk.Answer, code string) bool {
	var r struct {
		Error sdk.Text `json:"error"`
	}
	return a != nil && a.JSON(&r) == nil && string(r.Error) == code
}
