package resource

import (
	"path"
	"path/filepath"

	"ekuiper-console/core"
)

// Upload is a file that is kept beside the configuration.
type Upload struct {
	Name    string `json:"name"`
	Content string `json:"content"`
	File    string `json:"file"`

	ref  core.Ref
	text string
}

func decodeUpload(ref core.Ref, text string) (*Upload, *problem) {
	u := &Upload{ref: ref, text: text}
	if p := unmarshal(text, u); p != nil {
		p.msg = "invalid body: Error decoding file json: " + p.msg
		return nil, p
	}
	return u, nil
}

func (u *Upload) check(Scope) []core.Finding {
	switch clean := path.Clean(u.Name); {
	case u.Content == "" && u.File == "":
		f := fault(u.ref, "invalid body: content or FilePath is required")
		f.Hint = `give the file's text under "content" or its address under "file"`
		return []core.Finding{f}
	case u.Name == "":
		f := fault(u.ref, "invalid body: name is required")
		f.Hint = `give the file's name under "name"`
		return []core.Finding{f}
	case path.IsAbs(u.Name):
		return []core.Finding{fault(u.ref, "openat %s: path escapes from parent", u.Name)}
	case !filepath.IsLocal(clean):
		return []core.Finding{fault(u.ref, "mkdirat %s: path escapes from parent", path.Dir(u.Name))}
	case clean == ".":
		return []core.Finding{fault(u.ref, "openat %s: is a directory", u.Name)}
	}
	return nil
}

// URI returns the address of the file, or "" where its content stands in the entry.
func (u *Upload) URI() string { return u.File }

// Stored returns the text as it was given.
func (u *Upload) Stored() string { return u.text }

// Needs returns nothing.
func (u *Upload) Needs() []Need { return nil }
