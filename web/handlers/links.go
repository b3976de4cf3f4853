package handlers

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"time"

	"ekuiper-console/core"
)

// Links signs addresses of artifacts, so that a node can fetch one without a token until
// the address expires.
type Links struct {
	Key []byte // secret; without one no address is good
}

// sign returns the signature of an artifact's address that expires at a time, in
// seconds since 1970.
func (l Links) sign(sha, name string, expires int64) string {
	mac := hmac.New(sha256.New, l.Key)
	fmt.Fprintf(mac, "%s %q %d", sha, name, expires)
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// address returns a signed path.
func (l Links) address(sha, name string, expires time.Time) string {
	at := expires.Unix()
	query := url.Values{"expires": {strconv.FormatInt(at, 10)}, "signature": {l.sign(sha, name, at)}}
	return "/artifacts/" + sha + "/" + url.PathEscape(name) + "?" + query.Encode()
}

// good reports whether a request has a signature that counts.
func (l Links) good(r *http.Request, now time.Time) bool {
	query := r.URL.Query()
	expires, err := strconv.ParseInt(query.Get("expires"), 10, 64)
	if err != nil || len(l.Key) == 0 || now.Unix() >= expires {
		return false
	}
	want := l.sign(param(r, "sha256"), param(r, "name"), expires)
	return hmac.Equal([]byte(query.Get("signature")), []byte(want))
}

// ticket is what the path of a link holds: an engine installs only what is at an address
// that ends with .zip, so that there is no room for a query.
type ticket struct {
	expires  int64  // in seconds since 1970
	original string // the address that the file came from
}

// seal writes a ticket for a file, signed.
func (l Links) seal(t ticket, sha, name string) string {
	text := strconv.FormatInt(t.expires, 10) + " " + t.original
	mac := hmac.New(sha256.New, l.Key)
	fmt.Fprintf(mac, "%s %q %q", sha, name, text)
	return base64.RawURLEncoding.EncodeToString(mac.Sum([]byte(text)))
}

// unseal reads a ticket, which is good for one file under one name, also when its time is
// over.
func (l Links) unseal(sealed, sha, name string) (t ticket, ok bool) {
	data, err := base64.RawURLEncoding.DecodeString(sealed)
	if err != nil || len(data) < sha256.Size || len(l.Key) == 0 {
		return t, false
	}
	expires, original, _ := strings.Cut(string(data[:len(data)-sha256.Size]), " ")
	if t.expires, err = strconv.ParseInt(expires, 10, 64); err != nil {
		return t, false
	}
	t.original = original
	return t, hmac.Equal([]byte(sealed), []byte(l.seal(t, sha, name)))
}

// Link returns the path under which a file can be read until a time. Its name is that of
// the address that the file came from, which it holds.
func (l Links) Link(sha, address string, until time.Time) string {
	name := "artifact"
	if u, err := url.Parse(address); err == nil && !strings.HasSuffix(u.Path, "/") && u.Path != "" {
		name = path.Base(u.Path)
	}
	return "/artifacts/" + sha + "/" + l.seal(ticket{until.Unix(), address}, sha, name) + "/" + url.PathEscape(name)
}

// Original returns the address that a link was made of, also when its time is over, and
// whether it is a link of ours at all. Under which address this console was reached makes
// no difference.
func (l Links) Original(link string) (address string, ours bool) {
	u, err := url.Parse(link)
	if err != nil {
		return "", false
	}
	parts := strings.Split(u.Path, "/")
	if len(parts) < 5 || parts[len(parts)-4] != "artifacts" {
		return "", false
	}
	last := parts[len(parts)-3:]
	t, ours := l.unseal(last[1], last[0], last[2])
	return t.original, ours
}

// linkedArtifact is GET /artifacts/{sha256}/{ticket}/{name}: a file that a node was sent to.
func (s *Server) linkedArtifact(w http.ResponseWriter, r *http.Request) error {
	t, ok := s.Links.unseal(param(r, "ticket"), param(r, "sha256"), param(r, "name"))
	if !ok || time.Now().Unix() >= t.expires {
		return core.WithHint(core.Errorf(core.Forbidden, "the signed address is not good, or no longer"), "ask for a new one")
	}
	return s.sendArtifact(w, r, core.Caller{Name: "signed address", Role: core.Viewer, Via: "api"})
}
