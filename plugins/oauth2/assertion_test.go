package oauth2_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"io"
	"math/big"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authrun/authrun/sdk"
)

// keys are private keys, as PEM in the forms in which they are found.
func keys(t *testing.T) (rsaKey *rsa.PrivateKey, curveKey *ecdsa.PrivateKey, forms map[string]string) {
	t.Helper()
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	if curveKey, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		t.Fatal(err)
	}
	write := func(kind string, der []byte, err error) string {
		if err != nil {
			t.Fatal(err)
		}
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(rsaKey)
	forms = map[string]string{"RSA, PKCS 8": write("PRIVATE KEY", pkcs8, err)}
	forms["RSA, PKCS 1"] = write("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(rsaKey), nil)
	pkcs8, err = x509.MarshalPKCS8PrivateKey(curveKey)
	forms["curve, PKCS 8"] = write("PRIVATE KEY", pkcs8, err)
	sec1, err := x509.MarshalECPrivateKey(curveKey)
	forms["curve, SEC 1"] = write("EC PRIVATE KEY", sec1, err)
	return rsaKey, curveKey, forms
}

// listener keeps the form that was sent, and gives a token.
type listener struct{ form url.Values }

func (l *listener) RoundTrip(r *http.Request) (*http.Response, error) {
	raw, err := io.ReadAll(r.Body)
	if err == nil {
		l.form, err = url.ParseQuery(string(raw))
	}
	return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(`{"access_token":"t-123456","expires_in":60}`))}, err
}

func TestAssertion(t *testing.T) {
	rsaKey, curveKey, forms := keys(t)
	b, _ := newBench(t, nil, args{"auth_method": "private_key_jwt", "client_secret": nil})
	l := &listener{}
	b.Transport = l
	for _, c := range []struct {
		name      string
		config    args
		algorithm string
		audience  string
	}{
		{"RSA", args{"private_key": forms["RSA, PKCS 8"]}, "RS256", ""},
		{"RSA in PKCS 1, PSS", args{"private_key": forms["RSA, PKCS 1"], "algorithm": "PS256", "key_id": "k1"}, "PS256", ""},
		{"curve", args{"private_key": forms["curve, PKCS 8"]}, "ES256", ""},
		{"curve in SEC 1", args{"private_key": forms["curve, SEC 1"], "algorithm": "ES256", "assertion_audience": "https://issuer.example"}, "ES256", "https://issuer.example"},
		{"secret", args{"auth_method": "client_secret_jwt", "client_secret": "s3cret"}, "HS256", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := b.Run(sdk.OpAcquire, b.With(c.config), nil); err != nil {
				t.Fatal(err)
			}
			assertion := l.form.Get("client_assertion")
			if l.form.Get("client_assertion_type") != "urn:ietf:params:oauth:client-assertion-type:jwt-bearer" || l.form.Has("client_secret") || !slices.Contains(b.Learned, assertion) {
				t.Errorf("the form is %v", slices.Sorted(func(yield func(string) bool) {
					for name := range l.form {
						if !yield(name) {
							return
						}
					}
				}))
			}
			parts := strings.Split(assertion, ".")
			if len(parts) != 3 {
				t.Fatal("the assertion has not three parts")
			}
			header, claims := decoded(t, parts[0]), decoded(t, parts[1])
			wantHeader := args{"typ": "JWT", "alg": c.algorithm}
			if id, ok := c.config["key_id"]; ok {
				wantHeader["kid"] = id
			}
			if c.audience == "" {
				c.audience = b.URL + "/token"
			}
			id, _ := claims["jti"].(string)
			wantClaims := args{"iss": "client:1", "sub": "client:1", "aud": c.audience, "jti": id, "iat": float64(b.Now.Unix()), "exp": float64(b.Now.Unix() + 60)}
			if diff := cmp.Diff([]args{wantHeader, wantClaims}, []args{header, claims}); diff != "" || len(id) != 32 {
				t.Error(diff)
			}
			signature, err := base64.RawURLEncoding.DecodeString(parts[2])
			if err != nil {
				t.Fatal(err)
			}
			if !verified(c.algorithm, []byte(parts[0]+"."+parts[1]), signature, rsaKey, curveKey) {
				t.Error("the signature is wrong")
			}
		})
	}
}

// decoded is a part of a JWT.
func decoded(t *testing.T, part string) (members args) {
	t.Helper()
	raw, err := base64.RawURLEncoding.DecodeString(part)
	if err == nil {
		err = json.Unmarshal(raw, &members)
	}
	if err != nil {
		t.Fatal(err)
	}
	return members
}

// verified tells whether a signature is right, by the standard library's other half.
func verified(algorithm string, text, signature []byte, rsaKey *rsa.PrivateKey, curveKey *ecdsa.PrivateKey) bool {
	sum := sha256.Sum256(text)
	switch algorithm {
	case "RS256":
		return rsa.VerifyPKCS1v15(&rsaKey.PublicKey, crypto.SHA256, sum[:], signature) == nil
	case "PS256":
		return rsa.VerifyPSS(&rsaKey.PublicKey, crypto.SHA256, sum[:], signature, &rsa.PSSOptions{SaltLength: 32}) == nil
	case "ES256":
		return len(signature) == 64 && ecdsa.Verify(&curveKey.PublicKey, sum[:], new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:]))
	}
	mac := hmac.New(sha256.New, []byte("s3cret"))
	mac.Write(text)
	return hmac.Equal(mac.Sum(nil), signature)
}
