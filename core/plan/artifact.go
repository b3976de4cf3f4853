package plan

import (
	"encoding/json"

	"ekuiper-console/core"
)

// Artifact is the file that an entry names by address, as it was when the entry was
// written.
type Artifact struct {
	Address  string          `json:"address"`
	SHA256   string          `json:"sha256"` // of the content, hexadecimal
	Size     int64           `json:"size"`   // in bytes
	Provides core.Provides   `json:"provides"`
	Contents json.RawMessage `json:"contents,omitempty"` // what was found in it, for pages
}
