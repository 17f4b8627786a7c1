package cli

import (
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// token runs authrun token on the crowd's flow.
func (c *crowd) token(more ...string) *exec.Cmd {
	cmd := exec.Command("authrun", append([]string{"token", c.flow, "auth.shop.ann"}, more...)...)
	cmd.Env = c.apply().Env
	return cmd
}

// client finds a program that may not be on this machine.
func client(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("%s is not installed, so that what it reads cannot be tried", name)
	}
	return path
}

// curl itself reads the options, and the server gets the token where the vendor wants it.
func TestTokenForCurl(t *testing.T) {
	curl := client(t, "curl")
	c := newCrowd(t, func(int) {})
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Ticket") != "a-ticket-for-all" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		fmt.Fprint(w, "come in")
	}))
	defer api.Close()
	config, err := c.token("--format", "curl").Output()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(curl, "--silent", "--show-error", "--fail", "--noproxy", "*", "--config", "-", api.URL)
	cmd.Stdin = strings.NewReader(string(config))
	out, err := cmd.CombinedOutput()
	if err != nil || string(out) != "come in" {
		t.Errorf("curl said %q, error %v, to %q", out, err, config)
	}
}

// What is in a value stays a value: curl reads quotes, backslashes and line ends back as they were.
func TestCurlQuoting(t *testing.T) {
	curl := client(t, "curl")
	got := make(chan string, 1)
	api := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got <- string(body)
	}))
	defer api.Close()
	const odd = "a\"b\\c\td\ne#f url = \"http://elsewhere\" \\n 令牌"
	var b strings.Builder
	curlOption(&b, "data-binary", odd)
	cmd := exec.Command(curl, "--silent", "--noproxy", "*", "--config", "-", api.URL)
	cmd.Stdin = strings.NewReader(b.String())
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if read := <-got; read != odd {
		t.Errorf("curl read %q, want %q", read, odd)
	}
}

// kubectl runs authrun as its credential plugin, and the API server gets the token.
func TestTokenForKubernetes(t *testing.T) {
	kubectl := client(t, "kubectl")
	c := newCrowd(t, func(int) {})
	api := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer a-ticket-for-all" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		fmt.Fprint(w, "the api is well")
	}))
	defer api.Close()
	ca := filepath.Join(c.home, "ca.pem")
	if err := os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: api.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	authrun, err := exec.LookPath("authrun")
	if err != nil {
		t.Fatal(err)
	}
	for _, version := range []string{execCredentialV1, execCredentialBeta} {
		kubeconfig := filepath.Join(c.home, "kubeconfig")
		if err := os.WriteFile(kubeconfig, fmt.Appendf(nil, `
apiVersion: v1
kind: Config
current-context: a
contexts: [{name: a, context: {cluster: a, user: a}}]
clusters: [{name: a, cluster: {server: %q, certificate-authority: %q}}]
users:
  - name: a
    user:
      exec:
        apiVersion: %s
        command: %q
        args: [token, %q, auth.shop.ann, --format, kubernetes]
        interactiveMode: Never
`, api.URL, ca, version, authrun, c.flow), 0o600); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(kubectl, "--kubeconfig", kubeconfig, "--cache-dir", c.home, "get", "--raw", "/healthz")
		cmd.Env = append(c.apply().Env, "NO_PROXY=*")
		var stderr strings.Builder
		cmd.Stderr = &stderr // authrun says there that it made a store
		out, err := cmd.Output()
		if err != nil || string(out) != "the api is well" {
			t.Errorf("%s: kubectl said %q, %q, error %v", version, out, stderr.String(), err)
		}
	}
	if n := c.count(); n != 1 {
		t.Errorf("%d calls, want 1", n)
	}
}

func TestTokenFormat(t *testing.T) {
	c := newCrowd(t, func(int) {})
	for name, s := range map[string]struct {
		args []string
		info string // KUBERNETES_EXEC_INFO
		out  string
		err  string
	}{
		"raw":           {args: []string{"--format", "raw"}, out: "a-ticket-for-all\n"},
		"json":          {args: []string{"--format", "json"}, out: `"token":"a-ticket-for-all","generation":1,`},
		"curl":          {args: []string{"--format", "curl"}, out: "header = \"X-Ticket: a-ticket-for-all\"\n"},
		"kubernetes":    {args: []string{"--format=kubernetes"}, out: `"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"a-ticket-for-all","expirationTimestamp":"20`},
		"asked for":     {args: []string{"--format=kubernetes"}, info: `{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1beta1","spec":{"interactive":false}}`, out: `k8s.io/v1beta1"`},
		"too old":       {args: []string{"--format=kubernetes"}, info: `{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1alpha1"}`, err: "set apiVersion to"},
		"by hand":       {args: []string{"--format=kubernetes"}, info: `yes`, err: "holds no ExecCredential"},
		"unknown":       {args: []string{"--format=kubernets"}, err: "did you mean kubernetes?"},
		"contradicting": {args: []string{"--format=curl", "--json"}, err: "contradict"},
	} {
		t.Run(name, func(t *testing.T) {
			cmd := c.token(s.args...)
			cmd.Env = append(cmd.Env, "KUBERNETES_EXEC_INFO="+s.info)
			var stderr strings.Builder
			cmd.Stderr = &stderr
			out, err := cmd.Output()
			if (err != nil) != (s.err != "") || !strings.Contains(string(out), s.out) || !strings.Contains(stderr.String(), s.err) {
				t.Errorf("out %q, stderr %q, error %v", out, stderr.String(), err)
			}
			if strings.HasPrefix(string(out), "{") && !json.Valid(out) {
				t.Errorf("%q is no JSON", out)
			}
		})
	}
}
