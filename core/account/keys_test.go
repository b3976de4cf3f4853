package account

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"ekuiper-console/core"
)

// keyring is a folder of public keys, with the private ones beside them.
type keyring struct {
	t    testing.TB
	keys *Keys
	at   *clock
	told *shelf
	own  *rsa.PrivateKey // its public key is own.pub
	pem  []byte
}

func newKeyring(t testing.TB) *keyring {
	t.Helper()
	data := t.TempDir()
	r := &keyring{t: t, at: newClock(), told: newShelf()}
	r.keys = &Keys{Dir: filepath.Join(data, "mgmt"), Role: core.Operator, Audit: r.told, Now: r.at.now}
	if err := os.Mkdir(r.keys.Dir, 0o700); err != nil {
		t.Fatal(err)
	}
	r.own = r.rsa(2048)
	r.pem = r.put("mgmt/own.pub", r.own.Public())
	r.put("outside.pub", r.own.Public())
	r.put("mgmt/weak.pub", r.rsa(1024).Public())
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	r.put("mgmt/curve.pub", curve.Public())
	for _, err := range []error{
		os.WriteFile(filepath.Join(r.keys.Dir, "rubbish.pub"), []byte("rubbish"), 0o600),
		os.Symlink("../outside.pub", filepath.Join(r.keys.Dir, "link.pub")),
		os.Mkdir(filepath.Join(r.keys.Dir, "folder.pub"), 0o700),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return r
}

func (r *keyring) rsa(bits int) *rsa.PrivateKey {
	r.t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		r.t.Fatal(err)
	}
	return key
}

// put writes a public key into the data folder.
func (r *keyring) put(name string, key any) []byte {
	r.t.Helper()
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		r.t.Fatal(err)
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
	if err := os.WriteFile(filepath.Join(filepath.Dir(r.keys.Dir), name), text, 0o600); err != nil {
		r.t.Fatal(err)
	}
	return text
}

// sign makes a token.
func (r *keyring) sign(method jwt.SigningMethod, key any, claims jwt.MapClaims) string {
	r.t.Helper()
	token, err := jwt.NewWithClaims(method, claims).SignedString(key)
	if err != nil {
		r.t.Fatal(err)
	}
	return token
}

func TestKeys(t *testing.T) {
	r := newKeyring(t)
	at := r.at.at
	like := func(pairs ...any) jwt.MapClaims {
		c := jwt.MapClaims{"iss": "own", "aud": "eKuiper", "exp": at.Add(time.Hour).Unix()}
		for i := 0; i < len(pairs); i += 2 {
			c[pairs[i].(string)] = pairs[i+1]
		}
		return c
	}
	other := r.rsa(2048)
	good := r.sign(jwt.SigningMethodRS256, r.own, like())
	header, body, _ := strings.Cut(good, ".")
	tests := []struct{ what, token, refused string }{
		{"a good one", good, ""},
		{"its issuer with .pub", r.sign(jwt.SigningMethodRS256, r.own, like("iss", "own.pub")), ""},
		{"one of several audiences", r.sign(jwt.SigningMethodRS256, r.own, like("aud", []string{"a", "eKuiper"})), ""},
		{"without an end", r.sign(jwt.SigningMethodRS256, r.own, jwt.MapClaims{"iss": "own", "aud": "eKuiper"}), ""},
		{"valid from now on", r.sign(jwt.SigningMethodRS256, r.own, like("nbf", at.Unix())), ""},
		{"alg none", r.sign(jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, like()), "signing method none is invalid"},
		{"HS256 by the public key", r.sign(jwt.SigningMethodHS256, r.pem, like()), "signing method HS256 is invalid"},
		{"RS512", r.sign(jwt.SigningMethodRS512, r.own, like()), "signing method RS512 is invalid"},
		{"PS256", r.sign(jwt.SigningMethodPS256, r.own, like()), "signing method PS256 is invalid"},
		{"signed by another key", r.sign(jwt.SigningMethodRS256, other, like()), "verification error"},
		{"without a signature", header + "." + strings.Split(body, ".")[0] + ".", "verification error"},
		{"expired", r.sign(jwt.SigningMethodRS256, r.own, like("exp", at.Unix())), "token is expired"},
		{"not yet valid", r.sign(jwt.SigningMethodRS256, r.own, like("nbf", at.Add(time.Minute).Unix())), "token is not valid yet"},
		{"issued later", r.sign(jwt.SigningMethodRS256, r.own, like("iat", at.Add(time.Minute).Unix())), "token used before issued"},
		{"an end that is no number", r.sign(jwt.SigningMethodRS256, r.own, like("exp", "tomorrow")), "token is malformed"},
		{"another audience", r.sign(jwt.SigningMethodRS256, r.own, like("aud", "ekuiper")), "audience field should contain eKuiper, but got [ekuiper]"},
		{"no audience", r.sign(jwt.SigningMethodRS256, r.own, like("aud", nil)), "audience field should contain eKuiper, but got []"},
		{"an unknown issuer", r.sign(jwt.SigningMethodRS256, r.own, like("iss", "nobody")), "the issuer is not known"},
		{"no issuer", r.sign(jwt.SigningMethodRS256, r.own, like("iss", "")), "the issuer is not the name of a key"},
		{"a way out", r.sign(jwt.SigningMethodRS256, r.own, like("iss", "../outside")), "the issuer is not the name of a key"},
		{"a way out by a link", r.sign(jwt.SigningMethodRS256, r.own, like("iss", "link")), "the issuer is not known"},
		{"an absolute path", r.sign(jwt.SigningMethodRS256, r.own, like("iss", filepath.Join(filepath.Dir(r.keys.Dir), "outside"))), "the issuer is not the name of a key"},
		{"a hidden file", r.sign(jwt.SigningMethodRS256, r.own, like("iss", "..")), "the issuer is not the name of a key"},
		{"a zero byte", r.sign(jwt.SigningMethodRS256, r.own, like("iss", "own\x00")), "the issuer is not the name of a key"},
		{"a folder", r.sign(jwt.SigningMethodRS256, r.own, like("iss", "folder")), "cannot be read"},
		{"a file that is no key", r.sign(jwt.SigningMethodRS256, r.own, like("iss", "rubbish")), "no RSA key"},
		{"a key of another kind", r.sign(jwt.SigningMethodRS256, r.own, like("iss", "curve")), "no RSA key"},
		{"a weak key", r.sign(jwt.SigningMethodRS256, r.own, like("iss", "weak")), "fewer than 2048 bits"},
		{"rubbish", "a.b.c", "token is malformed"},
	}
	for _, tt := range tests {
		by, err := r.keys.Caller(ctx, core.Caller{Via: "api", Addr: "192.0.2.7"}, tt.token)
		want := core.Caller{Name: "key own", Role: core.Operator, Via: "api", Addr: "192.0.2.7"}
		switch {
		case tt.refused == "" && (err != nil || by != want):
			t.Errorf("%s: %v, %v, want %v", tt.what, by, err, want)
		case tt.refused != "" && (err == nil || core.CodeOf(err) != core.Unauthenticated || !strings.Contains(err.Error(), tt.refused) || by != core.Caller{}):
			t.Errorf("%s: %v, %v, want refused for %q", tt.what, by, err, tt.refused)
		case err != nil && strings.Contains(err.Error(), r.keys.Dir):
			t.Errorf("%s: %v tells where the keys are", tt.what, err)
		}
	}
	if told := r.told.told(); strings.Count(told, "token-refused") != len(tests)-5 || strings.Contains(told, "nobody") || strings.Contains(told, "outside") {
		t.Errorf("the log has %s", told)
	}
}

// FuzzKeys: nobody makes up a token that is taken.
func FuzzKeys(f *testing.F) {
	r := newKeyring(f)
	good := r.sign(jwt.SigningMethodRS256, r.own, jwt.MapClaims{"iss": "own", "aud": "eKuiper"})
	signed := good[:strings.LastIndexByte(good, '.')]
	for _, seed := range []string{good, signed + ".", signed, "..", "", "e30.e30.", "eyJhbGciOiJub25lIn0." + strings.Split(good, ".")[1] + ".", strings.Repeat("W", 1000) + ".e30.x", "\x00.\xff.x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, token string) {
		by, err := r.keys.Caller(t.Context(), core.Caller{Via: "api"}, token)
		if err == nil && !strings.HasPrefix(token, signed+".") {
			t.Errorf("%q was taken, for %v", token, by)
		}
		if code := core.CodeOf(err); err != nil && code != core.Unauthenticated && code != core.Limited {
			t.Errorf("%q: %v", token, err)
		}
	})
}
