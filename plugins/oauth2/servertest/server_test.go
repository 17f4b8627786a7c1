// Package servertest holds the plugin oauth2 against an authorization server that is not ours, built on Ory's fosite, on loopback. It is a
// module of its own, so that what that server needs is no concern of authrun's.
package servertest

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"maps"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v3"
	"github.com/ory/fosite"
	"github.com/ory/fosite/compose"
	"github.com/ory/fosite/storage"
	"golang.org/x/crypto/bcrypt"

	"github.com/authrun/authrun/plugins/oauth2"
	"github.com/authrun/authrun/sdk/sdktest"
)

// life is how long the server's access tokens live.
const life = 10 * time.Minute

// server is an authorization server with a client for each way of saying who it is.
type server struct {
	provider fosite.OAuth2Provider
	config   *fosite.Config
	url      string

	mu    sync.Mutex
	calls map[string]int // by path
}

// newServer makes a server. Keys are the public keys of its clients that sign.
func newServer(t *testing.T, keys map[string]jose.JSONWebKey) *server {
	t.Helper()
	store := storage.NewMemoryStore()
	store.Users["ann"] = storage.MemoryUserRelation{Username: "ann", Password: "pass-word"}
	hash, err := bcrypt.GenerateFromPassword([]byte("s3cret &+%"), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	plain := func(id string) *fosite.DefaultClient {
		return &fosite.DefaultClient{ID: id, Secret: hash, GrantTypes: []string{"client_credentials", "password", "refresh_token"},
			Scopes: []string{"read", "write", "offline"}, Audience: []string{"https://api.example"}}
	}
	for _, method := range []string{"client_secret_basic", "client_secret_post"} {
		store.Clients[method] = &fosite.DefaultOpenIDConnectClient{DefaultClient: plain(method), TokenEndpointAuthMethod: method}
	}
	for algorithm, key := range keys {
		store.Clients[algorithm] = &fosite.DefaultOpenIDConnectClient{DefaultClient: plain(algorithm), TokenEndpointAuthMethod: "private_key_jwt",
			TokenEndpointAuthSigningAlgorithm: algorithm, JSONWebKeys: &jose.JSONWebKeySet{Keys: []jose.JSONWebKey{key}}}
	}
	signing, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	s := &server{calls: map[string]int{}, config: &fosite.Config{AccessTokenLifespan: life, GlobalSecret: []byte("a secret of thirty-two bytes, yes"),
		HashCost: bcrypt.MinCost, RefreshTokenScopes: []string{"offline"}}}
	s.provider = compose.ComposeAllEnabled(s.config, store, signing)
	return s
}

// ServeHTTP answers one request.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	s.mu.Lock()
	s.calls[r.URL.Path]++
	s.mu.Unlock()
	switch r.URL.Path {
	case "/.well-known/openid-configuration", "/.well-known/oauth-authorization-server":
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]string{"issuer": s.url, "token_endpoint": s.url + "/token", "revocation_endpoint": s.url + "/revoke"})
	case "/token":
		request, err := s.provider.NewAccessRequest(ctx, r, &fosite.DefaultSession{})
		if err != nil {
			s.provider.WriteAccessError(ctx, w, request, err)
			return
		}
		for _, scope := range request.GetRequestedScopes() {
			request.GrantScope(scope)
		}
		for _, audience := range request.GetRequestedAudience() {
			request.GrantAudience(audience)
		}
		response, err := s.provider.NewAccessResponse(ctx, request)
		if err != nil {
			s.provider.WriteAccessError(ctx, w, request, err)
			return
		}
		s.provider.WriteAccessResponse(ctx, w, request, response)
	case "/revoke":
		s.provider.WriteRevocationResponse(ctx, w, s.provider.NewRevocationRequest(ctx, r))
	default:
		http.NotFound(w, r)
	}
}

// called is how often each path was asked for.
func (s *server) called() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.calls)
}

// alive tells whether the server takes an access token.
func (s *server) alive(token string) bool {
	_, _, err := s.provider.IntrospectToken(context.Background(), token, fosite.AccessToken, &fosite.DefaultSession{})
	return err == nil
}

// args are arguments of an auth block, or attributes of a credential.
type args = map[string]any

// newBench makes a bench of the plugin with a server.
func newBench(t *testing.T, keys map[string]jose.JSONWebKey, config args) (*sdktest.Bench, *server) {
	t.Helper()
	s := newServer(t, keys)
	b := sdktest.NewBench(t, oauth2.Vendor, s, func(url string) args {
		s.url, s.config.TokenURL = url, url+"/token"
		all := args{"issuer": url, "client_id": "client_secret_basic", "client_secret": "s3cret &+%"}
		for name, value := range config {
			all[name] = value
		}
		return all
	})
	b.Now = time.Now() // the server has no other clock
	return b, s
}

// clientKeys are keys of clients, by the algorithm they sign with: the private ones as PEM, the public ones as the server wants them.
func clientKeys(t *testing.T) (private map[string]string, public map[string]jose.JSONWebKey) {
	t.Helper()
	private, public = map[string]string{}, map[string]jose.JSONWebKey{}
	add := func(algorithm string, key, shown any) {
		der, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			t.Fatal(err)
		}
		private[algorithm] = string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
		public[algorithm] = jose.JSONWebKey{Key: shown, KeyID: "key-of-" + algorithm, Algorithm: algorithm, Use: "sig"}
	}
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	curveKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	add("RS256", rsaKey, &rsaKey.PublicKey)
	add("PS256", rsaKey, &rsaKey.PublicKey)
	add("ES256", curveKey, &curveKey.PublicKey)
	return private, public
}
