package account

import (
	"context"
	"crypto/rsa"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"ekuiper-console/core"
	"ekuiper-console/core/audit"
)

// Keys admits callers who sign their tokens themselves, as callers of the engine do: a
// JSON web token, signed by RS256, whose issuer names the file of a public key and whose
// audience is eKuiper.
type Keys struct {
	Dir   string           // of the public keys, in PEM
	Role  core.Role        // that such a token has
	Audit Recorder         // told of tokens that are refused
	Now   func() time.Time // nil means time.Now
}

// What a token must be like.
const (
	algorithm  = "RS256"
	audience   = "eKuiper"
	leastBits  = 2048     // of a key
	maxKeyFile = 64 << 10 // bytes
)

// keyName is an issuer that may be the name of a file, with or without its end .pub.
var keyName = regexp.MustCompile(`^[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}$`)

// Signed reports whether a secret has the form of a token that is signed, which no
// secret of ours has.
func Signed(secret string) bool { return strings.Count(secret, ".") == 2 }

// Caller returns who a token stands for. One that does not count, or counts no more, is
// an Unauthenticated error in the engine's words.
func (k *Keys) Caller(ctx context.Context, by core.Caller, token string) (core.Caller, error) {
	name, err := k.verify(token)
	if err != nil {
		refused := audit.New(now(k.Now), by, audit.TokenRefused, name).Ending(audit.Denied)
		err = core.WithHint(core.Errorf(core.Unauthenticated, "%w", err), "sign it by RS256 with iss the name of a key file in the folder mgmt, aud eKuiper, and exp in the future")
		return core.Caller{}, orFailed(k.Audit.Record(ctx, refused), err)
	}
	by.Name, by.Role = "key "+name, k.Role
	return by, nil
}

// verify returns the name of the key that signed a token. With an error that is the name
// of a key that is there, or empty.
func (k *Keys) verify(token string) (name string, err error) {
	parser := jwt.NewParser(jwt.WithValidMethods([]string{algorithm}), jwt.WithIssuedAt(), jwt.WithTimeFunc(func() time.Time { return now(k.Now) }))
	var claims jwt.RegisteredClaims
	_, err = parser.ParseWithClaims(token, &claims, func(*jwt.Token) (any, error) {
		key, err := k.key(claims.Issuer)
		if err == nil {
			name = strings.TrimSuffix(claims.Issuer, ".pub")
		}
		return key, err
	})
	if err != nil {
		return name, err
	}
	if !slices.Contains(claims.Audience, audience) {
		return name, fmt.Errorf("audience field should contain %s, but got %v", audience, claims.Audience)
	}
	return name, nil
}

// key reads the public key of an issuer. Nothing outside the folder is ever read.
func (k *Keys) key(issuer string) (*rsa.PublicKey, error) {
	if !keyName.MatchString(issuer) {
		return nil, errors.New("the issuer is not the name of a key")
	}
	dir, err := os.OpenRoot(k.Dir)
	if err != nil {
		return nil, errors.New("the issuer is not known")
	}
	defer dir.Close()
	f, err := dir.Open(strings.TrimSuffix(issuer, ".pub") + ".pub")
	if err != nil {
		return nil, errors.New("the issuer is not known")
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxKeyFile))
	if err != nil {
		return nil, errors.New("the key of the issuer cannot be read")
	}
	key, err := jwt.ParseRSAPublicKeyFromPEM(text)
	if err != nil {
		return nil, errors.New("the key of the issuer is no RSA key in PEM")
	}
	if key.N.BitLen() < leastBits {
		return nil, fmt.Errorf("the key of the issuer has fewer than %d bits", leastBits)
	}
	return key, nil
}
