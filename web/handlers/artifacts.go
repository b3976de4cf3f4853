package handlers

import (
	"fmt"
	"maps"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"ekuiper-console/core"
	"ekuiper-console/core/audit"
	"ekuiper-console/core/plan"
)

// artifact is GET /artifacts/{sha256}/{name}: a file that an entry names, for whoever has
// a token that may export, or a signed address.
func (s *Server) artifact(w http.ResponseWriter, r *http.Request) error {
	by := core.Caller{Name: "signed address", Role: core.Viewer, Via: "api"}
	if !s.Links.good(r, time.Now()) {
		if r.URL.Query().Has("signature") {
			return core.WithHint(core.Errorf(core.Forbidden, "the signed address is not good, or no longer"), "ask for a new one")
		}
		s.withToken(route{door: exporting, role: core.Viewer}, s.told(func(w http.ResponseWriter, r *http.Request) error {
			return s.sendArtifact(w, r, callerOf(r))
		}))(w, r)
		return nil
	}
	return s.sendArtifact(w, r, by)
}

// sendArtifact sends the file. Its content never changes.
func (s *Server) sendArtifact(w http.ResponseWriter, r *http.Request, by core.Caller) error {
	sha := param(r, "sha256")
	f, err := s.Transfer.Artifact(r.Context(), by, sha)
	if err != nil {
		return err
	}
	defer f.Close()
	h := w.Header()
	h.Set("Content-Type", "application/octet-stream")
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": param(r, "name")}))
	h.Set("ETag", `"`+sha+`"`)
	h.Set("Cache-Control", "private, max-age=31536000, immutable")
	http.ServeContent(w, r, "", time.Time{}, f)
	return nil
}

// artifactPage is GET /ui/artifacts/{sha256}/{name}: the same for who is signed in.
func (s *Server) artifactPage(w http.ResponseWriter, r *http.Request) error {
	return s.sendArtifact(w, r, callerOf(r))
}

// artifactV1 is a file that an entry names.
type artifactV1 struct {
	Ref core.Ref `json:"ref"`
	plan.Artifact
}

// artifactsV1 is GET /api/v1/artifacts: the files of the entries that there are now.
func (s *Server) artifactsV1(w http.ResponseWriter, r *http.Request) error {
	kept, err := s.Transfer.Artifacts(r.Context(), callerOf(r), nodeOf(r))
	all := []artifactV1{}
	for _, ref := range slices.SortedFunc(maps.Keys(kept), core.Ref.Compare) {
		all = append(all, artifactV1{ref, kept[ref]})
	}
	return ok(w, all, err)
}

// The life of a signed address, in seconds.
const (
	usualLife   = 3600
	longestLife = 7 * 24 * 3600
)

// linkV1Body asks for a signed address.
type linkV1Body struct {
	Name    string `json:"name"`    // the file's name in the address; artifact.zip where it is not given
	Seconds int    `json:"seconds"` // until it expires; usualLife where it is 0
}

// longestName bounds the name in a signed address, in bytes.
const longestName = 255

// check refuses what is no name of a file, and no time.
func (b linkV1Body) check() error {
	if b.Name == "" || len(b.Name) > longestName || b.Name == "." || b.Name == ".." || !utf8.ValidString(b.Name) ||
		strings.ContainsFunc(b.Name, func(c rune) bool { return c == '/' || c == '\\' || unicode.IsControl(c) }) {
		return core.WithHint(core.Errorf(core.Invalid, "%q is no name of a file", b.Name), "write a name without a folder, such as artifact.zip")
	}
	if b.Seconds < 1 || b.Seconds > longestLife {
		return core.Errorf(core.Invalid, "seconds=%d is not understood: write a number from 1 to %d", b.Seconds, longestLife)
	}
	return nil
}

// artifactLinkV1 is POST /api/v1/artifacts/{sha256}/link.
func (s *Server) artifactLinkV1(w http.ResponseWriter, r *http.Request) error {
	body := linkV1Body{"artifact.zip", usualLife}
	if err := s.readStrict(w, r, &body); err != nil {
		return err
	}
	if err := body.check(); err != nil {
		return err
	}
	sha := param(r, "sha256")
	f, err := s.Transfer.Artifact(r.Context(), callerOf(r), sha)
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("closing the artifact: %w", err)
	}
	expires := time.Now().Add(time.Duration(body.Seconds) * time.Second)
	if err := s.record(r, audit.Export, sha, "a signed address, good until "+expires.UTC().Format(time.RFC3339)); err != nil {
		return err
	}
	return ok(w, struct {
		URL     string    `json:"url"`
		Expires time.Time `json:"expires"`
	}{origin(r) + s.Links.address(sha, body.Name, expires), expires.UTC().Truncate(time.Second)}, nil)
}
