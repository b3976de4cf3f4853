package node

import (
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"ekuiper-console/core"
)

// AuthKind says how a node is told who asks.
type AuthKind string

// The kinds. The empty one is None.
const (
	None   AuthKind = "none"
	Bearer AuthKind = "bearer" // by a token
	JWT    AuthKind = "jwt"    // by a JSON web token that is signed with a private key, as the engine takes it
)

// Auth are the credentials for a node.
type Auth struct {
	Kind   AuthKind `json:"kind"`
	Token  string   `json:"token,omitempty"`  // of Bearer
	Issuer string   `json:"issuer,omitempty"` // of JWT: the name of the public key file on the node
	Key    string   `json:"key,omitempty"`    // of JWT: the private key, in PEM
}

// Public returns the credentials without what is secret.
func (a Auth) Public() Auth { return Auth{Kind: a.Kind, Issuer: a.Issuer} }

// whole reports whether the secret is there that the kind takes.
func (a Auth) whole() bool {
	switch a.Kind {
	case Bearer:
		return a.Token != ""
	case JWT:
		return a.Key != ""
	}
	return true
}

func (a *Auth) check() error {
	switch a.Kind {
	case "", None:
		*a = Auth{Kind: None}
		return nil
	case Bearer:
		if a.Token == "" || len(a.Token) > maxValue || strings.ContainsAny(a.Token, "\r\n") {
			return core.Errorf(core.Invalid, "the bearer token is missing, or is none")
		}
		*a = Auth{Kind: Bearer, Token: a.Token}
		return nil
	case JWT:
		*a = Auth{Kind: JWT, Issuer: a.Issuer, Key: a.Key}
		return a.checkJWT()
	}
	return core.Errorf(core.Invalid, "%q is not a kind of credentials: use none, bearer or jwt", a.Kind)
}

func (a *Auth) checkJWT() error {
	if !keyPattern.MatchString(a.Issuer) {
		return core.WithHint(core.Errorf(core.Invalid, "the issuer %q is not a name of a key", a.Issuer), "write the name of the public key's file on the node")
	}
	if len(a.Key) > maxPEM {
		return core.Errorf(core.Invalid, "the private key is too long")
	}
	if _, err := jwt.ParseRSAPrivateKeyFromPEM([]byte(a.Key)); err != nil {
		return core.WithHint(core.Errorf(core.Invalid, "the private key is no RSA key"), "it takes one in PEM, without a password")
	}
	return nil
}

// How long a signed token counts, and how far the clock of a node may be behind.
const (
	tokenLife  = 5 * time.Minute
	clockSlack = time.Minute
)

// header returns the value of the Authorization header; empty for none.
func (a Auth) header(now time.Time) (string, error) {
	switch a.Kind {
	case Bearer:
		return "Bearer " + a.Token, nil
	case JWT:
		key, err := jwt.ParseRSAPrivateKeyFromPEM([]byte(a.Key))
		if err != nil {
			return "", core.Errorf(core.Internal, "reading the private key: %w", err)
		}
		return jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.RegisteredClaims{
			Issuer: a.Issuer, Audience: jwt.ClaimStrings{"eKuiper"},
			IssuedAt: jwt.NewNumericDate(now.Add(-clockSlack)), ExpiresAt: jwt.NewNumericDate(now.Add(tokenLife)),
		}).SignedString(key)
	}
	return "", nil
}
