package handlers_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"ekuiper-console/core"
	"ekuiper-console/core/account"
	"ekuiper-console/web/handlers"
)

// TestEngineTokens has the tokens of the engine's clients, with the scheme Bearer and
// without.
func TestEngineTokens(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	mgmt := t.TempDir()
	if err := os.WriteFile(filepath.Join(mgmt, "plant.pub"), pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	s := open(t, func(s *handlers.Server) {
		s.Keys = &account.Keys{Dir: mgmt, Role: core.Viewer, Audit: s.Audit}
	})
	token := func(claims jwt.MapClaims) string {
		text, err := jwt.NewWithClaims(jwt.SigningMethodRS256, claims).SignedString(key)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	good := token(jwt.MapClaims{"iss": "plant.pub", "aud": "eKuiper", "exp": time.Now().Add(time.Hour).Unix()})
	old := token(jwt.MapClaims{"iss": "plant.pub", "aud": "eKuiper", "exp": time.Now().Add(-time.Hour).Unix()})
	stray := token(jwt.MapClaims{"iss": "plant", "aud": "other"})
	for _, tt := range []struct {
		header, method, path string
		status               int
		message              string
	}{
		{good, "GET", "/streams", 200, ""},
		{"Bearer " + good, "GET", "/streams", 200, ""},
		{"bearer  " + good, "GET", "/streams", 200, ""},
		{good, "POST", "/data/import", 403, "key plant is viewer, this takes operator"},
		{"Basic " + good, "GET", "/streams", 401, "missing_token"},
		{"", "GET", "/streams", 401, "missing_token"},
		{old, "GET", "/streams", 401, "token has invalid claims: token is expired"},
		{stray, "GET", "/streams", 401, "audience field should contain eKuiper, but got [other]"},
		{"Bearer " + s.tokens["viewer"], "GET", "/streams", 200, ""},
	} {
		a := s.send(tt.method, tt.path, "{}", "Authorization", tt.header)
		if a.StatusCode != tt.status || tt.message != "" && a.message(t) != tt.message {
			t.Errorf("%s with %.20s…: %d %s, want %d %s", tt.path, tt.header, a.StatusCode, a.body, tt.status, tt.message)
		}
	}
}
