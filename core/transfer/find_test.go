package transfer

import (
	"fmt"
	"testing"
)

// TestTraits has names as rules may spell them, as "stopped [tags]".
func TestTraits(t *testing.T) {
	for text, want := range map[string]string{
		`{"sql":"SELECT 1"}`:                      "false []",
		`{"triggered":false,"tags":["x","y"]}`:    "true [x y]",
		`{"Triggered":false,"TAGS":["y"]}`:        "true [y]",
		`{"\u0074ags":["y"]}`:                     "false [y]",
		`{"\u0054RIGGERED":false,"t\u0041gs":[]}`: "true []",
		`{"tag\u017F":["y"]}`:                     "false [y]",
		`{"tag` + longS + `":["y"]}`:              "false [y]",
		`{"name":"tags"}`:                         "false []",
		`{"tags":`:                                "false []",
	} {
		r := readTraits(text)
		if got := fmt.Sprint(r.Triggered != nil && !*r.Triggered, " ", r.Tags); got != want {
			t.Errorf("%s reads %s, want %s", text, got, want)
		}
	}
}
