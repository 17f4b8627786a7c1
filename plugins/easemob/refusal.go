package easemob

import (
	"errors"
	"net/http"

	"github.com/authrun/authrun/sdk"
)

// refusal gives the failure of an exchange the class that the vendor's `error` means, where that is another than the status's own. Bodies of
// proxies and of an overloaded vendor are not JSON; they change nothing.
func refusal(a *sdk.Answer, err error) error {
	var f *sdk.Failure
	if a == nil || !errors.As(err, &f) {
		return err
	}
	var answer struct {
		Error sdk.Text `json:"error"`
		Words sdk.Text `json:"error_description"`
	}
	if a.JSON(&answer) != nil {
		answer.Error, answer.Words = "", ""
	}
	refused := *f
	switch {
	case a.Status == http.StatusUnauthorized, a.Status == http.StatusBadRequest && answer.Error == "invalid_grant":
		refused.Class, refused.Path = sdk.InvalidCredentials, []string{"client_secret"}
	case a.Status == http.StatusTooManyRequests && answer.Error == "resource_limited":
		refused.Class = sdk.QuotaExhausted // the app's package is used up; waiting a moment does not help
	}
	if code := sdk.Clean(string(answer.Error)); code != "" {
		refused.Text += ", error " + code
	}
	if words := sdk.Clean(string(answer.Words)); words != "" {
		refused.Text += ": " + words
	}
	return &refused
}
