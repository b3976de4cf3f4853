package resource

import (
	"encoding/base64"
	"slices"
)

// aesProps are the properties of an encryption by AES.
var aesProps = []prop{{"mode", aText}, {"iv", aText}, {"aad", aText}, {"tagsize", aNumber}}

// ivLengths are how many bytes an initialisation vector may have. Which mode is the usual one differs
// between versions of the engine.
var ivLengths = map[string][]int{"cfb": {16}, "gcm": {12}, "": {12, 16}}

// aes judges the properties of an encryption by AES.
func (s *stage) aes(d *decoding) {
	v, _ := d.lookup("encProps")
	p := object(v)
	const prefix = "get encryptor aes fail with error: "
	if msg := p.decode(aesProps); msg != "" {
		s.refuse("encProps", "", "%s%s", prefix, msg)
		return
	}
	mode := p.text("mode", "")
	lengths, ok := ivLengths[mode]
	m, _ := p.lookup("mode")
	if !ok || m == "" {
		s.refuse("encProps", "write cfb or gcm", "%sunsupported AES encryption mode: %s", prefix, mode)
		return
	}
	iv, err := base64.StdEncoding.DecodeString(p.text("iv", ""))
	if err != nil {
		s.refuse("encProps", "write it in base64", "%sinvalid IV setting", prefix)
	} else if len(iv) > 0 && !slices.Contains(lengths, len(iv)) {
		s.refuse("encProps", "", "%sinvalid IV length", prefix)
	} else if _, err := base64.StdEncoding.DecodeString(p.text("aad", "")); err != nil && mode != "cfb" {
		s.refuse("encProps", "write it in base64", "%sinvalid Aad setting", prefix)
	}
}
