package cli

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	"github.com/authrun/authrun/runtime"
	"github.com/authrun/authrun/runtime/cli/internal/view"
	"github.com/authrun/authrun/sdk"
)

// tokenFormats are the forms in which `token` prints, by name.
var tokenFormats = []string{"raw", "json", "kubernetes", "curl"}

// formatted is a credential in one of the forms, with a newline at its end.
func (p *program) formattedToken(format string, c runtime.Credential) (string, error) {
	switch format {
	case "json":
		return objectLine(tokenObject{Token: c.Token, Generation: c.Generation, ExpiresAt: view.Time(c.ExpiresAt)}), nil
	case "kubernetes":
		return p.execCredential(c)
	case "curl":
		return curlConfig(c)
	default:
		return c.Token + "\n", nil
	}
}

// The versions of ExecCredential that kubectl asks for; they differ in nothing that is used here.
const (
	execCredentialV1   = "client.authentication.k8s.io/v1"
	execCredentialBeta = "client.authentication.k8s.io/v1beta1"
)

// execCredential is what kubectl and other clients of Kubernetes expect of a credential plugin: an ExecCredential of the version that
// KUBERNETES_EXEC_INFO asks for.
func (p *program) execCredential(c runtime.Credential) (string, error) {
	version := execCredentialV1
	if info, set := p.env.LookupEnv("KUBERNETES_EXEC_INFO"); set && info != "" {
		var asked struct {
			APIVersion string `json:"apiVersion"`
			Kind       string `json:"kind"`
		}
		if err := json.Unmarshal([]byte(info), &asked); err != nil || asked.Kind != "ExecCredential" {
			return "", fmt.Errorf("KUBERNETES_EXEC_INFO holds no ExecCredential: it is set by kubectl, and not by hand")
		}
		if asked.APIVersion != execCredentialV1 && asked.APIVersion != execCredentialBeta {
			return "", fmt.Errorf("KUBERNETES_EXEC_INFO asks for %q: set apiVersion to %s in the kubeconfig's exec block", asked.APIVersion, execCredentialV1)
		}
		version = asked.APIVersion
	}
	type status struct {
		Token   string  `json:"token"`
		Expires *string `json:"expirationTimestamp,omitempty"`
	}
	return objectLine(struct {
		APIVersion string `json:"apiVersion"`
		Kind       string `json:"kind"`
		Status     status `json:"status"`
	}{version, "ExecCredential", status{c.Token, view.Time(c.ExpiresAt)}}), nil
}

// curlConfig is a configuration of curl that puts the token where the vendor wants it.
func curlConfig(c runtime.Credential) (string, error) {
	places, err := c.Places()
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for _, p := range places {
		switch p.In {
		case sdk.InHeader:
			curlOption(&b, "header", p.Name+": "+p.Value)
		case sdk.InCookie:
			curlOption(&b, "cookie", p.Name+"="+p.Value)
		case sdk.InQuery:
			curlOption(&b, "url-query", p.Name+"="+p.Value)
		case sdk.InForm:
			curlOption(&b, "data", url.QueryEscape(p.Name)+"="+url.QueryEscape(p.Value))
		case sdk.InJSON:
			name, nested := strings.CutPrefix(p.Name, "/")
			if !nested || strings.Contains(name, "/") {
				return "", fmt.Errorf("the token of %s goes deep into a JSON body, which curl cannot build: take it from `authrun token` without --format", c.Address)
			}
			body, err := json.Marshal(map[string]string{name: p.Value})
			if err != nil {
				return "", err
			}
			curlOption(&b, "json", string(body))
		default:
			return "", fmt.Errorf("the token of %s goes into %q of a request, which this authrun does not know: upgrade authrun", c.Address, p.In)
		}
	}
	return b.String(), nil
}

// curlOption writes an option with its value quoted, as curl's manual page says of config files.
func curlOption(b *strings.Builder, name, value string) {
	quoted := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", `\r`, "\t", `\t`, "\v", `\v`).Replace(value)
	fmt.Fprintf(b, "%s = \"%s\"\n", name, quoted)
}
