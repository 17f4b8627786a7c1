package oauth2_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"strings"
	"testing"

	"github.com/authrun/authrun/sdk/sdktest"

	"github.com/authrun/authrun/plugins/oauth2"
	"github.com/authrun/authrun/plugins/oauth2/fake"
)

func TestCheck(t *testing.T) {
	_, _, forms := keys(t)
	other, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(other)
	if err != nil {
		t.Fatal(err)
	}
	curve384 := string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	key := func(text, algorithm string) args {
		return args{"auth_method": "private_key_jwt", "client_secret": nil, "private_key": text, "algorithm": algorithm}
	}
	b := sdktest.NewBench(t, oauth2.Vendor, fake.New(fake.Options{}), func(url string) args {
		return args{"token_url": url, "client_id": "id", "client_secret": "SECRET"}
	})
	for _, c := range []struct {
		name   string
		config args
		want   string // "": nothing; else argument: words
	}{
		{"right", nil, ""},
		{"no secret", args{"client_secret": nil}, `client_secret: auth_method = "client_secret_basic" needs client_secret`},
		{"secret that nobody uses", args{"auth_method": "none", "grant": "refresh_token", "refresh_token": "SECRET"}, "client_secret: client_secret is for"},
		{"public client", args{"auth_method": "none", "grant": "refresh_token", "refresh_token": "SECRET", "client_secret": nil}, ""},
		{"public client by its own right", args{"auth_method": "none", "client_secret": nil}, "auth_method: A client gets a token by its own right only"},
		{"no refresh token", args{"grant": "refresh_token"}, "refresh_token: grant"},
		{"refresh token that nobody uses", args{"refresh_token": "SECRET"}, "refresh_token: refresh_token is for"},
		{"no password", args{"grant": "password"}, "password: grant"},
		{"password that nobody uses", args{"password": "SECRET", "username": "ann"}, "password: password is for"},
		{"no key", key("", ""), "private_key: auth_method"},
		{"key that nobody uses", args{"private_key": forms["RSA, PKCS 1"]}, "private_key: private_key is for"},
		{"algorithm that nobody uses", args{"algorithm": "RS256"}, "algorithm: algorithm is for"},
		{"RSA", key(forms["RSA, PKCS 1"], "PS256"), ""},
		{"curve", key(forms["curve, SEC 1"], ""), ""},
		{"no PEM", key("SECRET", ""), "private_key: The private key cannot be used: it is not PEM"},
		{"no key in it", key("-----BEGIN PRIVATE KEY-----\nU0VDUkVU\n-----END PRIVATE KEY-----\n", ""), "private_key: The private key cannot be used: it is no private key"},
		{"locked", key("-----BEGIN ENCRYPTED PRIVATE KEY-----\nU0VDUkVU\n-----END ENCRYPTED PRIVATE KEY-----\n", ""), "private_key: The private key cannot be used: it is locked"},
		{"another curve", key(curve384, ""), "private_key: The private key cannot be used: it is of a curve other than P-256"},
		{"RSA for ES256", key(forms["RSA, PKCS 8"], "ES256"), "private_key: The private key cannot be used: it is of another kind"},
		{"curve for RS256", key(forms["curve, PKCS 8"], "RS256"), "private_key: The private key cannot be used: it is of another kind"},
		{"assertion", args{"assertion_life": "0s"}, "assertion_life: An assertion"},
		{"lifetime", args{"lifetime": "0s"}, "lifetime: A token"},
		{"scopes in one", args{"scopes": []string{"a b"}}, "scopes: A scope is one word"},
		{"parameters", args{"params": args{"scope": "a"}}, "params: params has a parameter"},
		{"parameters twice", args{"params": args{"x": "a"}, "sensitive_params": args{"x": "SECRET"}}, "params: params has a parameter"},
		{"sensitive parameters", args{"sensitive_params": args{"client_id": "SECRET"}}, "sensitive_params: sensitive_params has a parameter"},
		{"further parameters", args{"params": args{"x": "a"}, "sensitive_params": args{"y": "SECRET"}}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			raw, err := json.Marshal(b.With(c.config))
			if err != nil {
				t.Fatal(err)
			}
			problems, err := b.Plugin.Check(t.Context(), raw)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, p := range problems {
				got = append(got, strings.Join(p.Path, " ")+": "+p.Detail)
				if strings.Contains(p.Summary+p.Detail, "SECRET") || p.Summary == "" || !strings.HasSuffix(p.Detail, ".") {
					t.Errorf("the words are %q", p.Detail)
				}
			}
			if c.want == "" && got != nil || c.want != "" && (len(got) != 1 || !strings.HasPrefix(got[0], c.want)) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
