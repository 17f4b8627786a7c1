package oauth2

import (
	"slices"
	"strings"

	"github.com/authrun/authrun/sdk"
)

// own are the parameters of a token request that have arguments of their own, or are the plugin's.
var own = []string{"grant_type", "client_id", "client_secret", "client_assertion", "client_assertion_type", "refresh_token", "username", "password",
	"scope", "audience", "resource"}

// check says what is wrong with a configuration that no tag and no rule can say.
func check(c Config) (found []sdk.Problem) {
	add := func(summary, detail string, path string) {
		found = append(found, sdk.Problem{Path: []string{path}, Summary: summary, Detail: detail})
	}
	missing := func(unset bool, name, why string) {
		if unset {
			add("Missing argument", why+" needs "+name+".", name)
		}
	}
	secret := strings.HasPrefix(c.AuthMethod, "client_secret_")
	missing(secret && c.ClientSecret == "", "client_secret", "auth_method = \""+c.AuthMethod+"\"")
	missing(c.AuthMethod == keyJWT && c.PrivateKey == "", "private_key", "auth_method = \"private_key_jwt\"")
	missing(c.Grant == byRefresh && c.RefreshToken == "", "refresh_token", "grant = \"refresh_token\"")
	missing(c.Grant == byPassword && c.Password == "", "password", "grant = \"password\"")
	unused := func(set bool, name, belongs string) {
		if set {
			add("Contradicting arguments", name+" is for "+belongs+" only. Set that, or remove "+name+".", name)
		}
	}
	unused(!secret && c.ClientSecret != "", "client_secret", "the auth_methods that begin with client_secret")
	unused(c.AuthMethod != keyJWT && c.PrivateKey != "", "private_key", "auth_method = \"private_key_jwt\"")
	unused(c.AuthMethod != keyJWT && c.Algorithm != "", "algorithm", "auth_method = \"private_key_jwt\"")
	unused(c.Grant != byRefresh && c.RefreshToken != "", "refresh_token", "grant = \"refresh_token\"")
	unused(c.Grant != byPassword && c.Password != "", "password", "grant = \"password\"")
	if c.AuthMethod == "none" && c.Grant == byClient {
		add("Contradicting arguments", "A client gets a token by its own right only if it can say who it is. Set another auth_method.", "auth_method")
	}
	if c.AuthMethod == keyJWT && c.PrivateKey != "" {
		if _, _, err := parseKey(c.PrivateKey.Reveal(), c.Algorithm); err != nil {
			add("Unusable private key", "The private key cannot be used: "+err.Error()+".", "private_key")
		}
	}
	if c.AssertionLife <= 0 {
		add("Invalid duration", "An assertion has to be good for some time. Set assertion_life to a duration above zero, such as \"1m\".", "assertion_life")
	}
	if c.Lifetime != nil && *c.Lifetime <= 0 {
		add("Invalid duration", "A token has to live for some time. Set lifetime to a duration above zero, such as \"1h\".", "lifetime")
	}
	for _, scope := range c.Scopes {
		if scope == "" || strings.ContainsAny(scope, " \t\r\n\"\\") {
			add("Invalid scope", "A scope is one word. Write several as several elements of the list.", "scopes")
			break
		}
	}
	for name := range c.Params {
		if slices.Contains(own, name) || c.SensitiveParams[name] != "" {
			add("Duplicate name", "params has a parameter that the request carries already, by an argument of its own or by sensitive_params.", "params")
			break
		}
	}
	for name := range c.SensitiveParams {
		if slices.Contains(own, name) {
			add("Duplicate name", "sensitive_params has a parameter that the request carries already, by an argument of its own.", "sensitive_params")
			break
		}
	}
	return found
}
