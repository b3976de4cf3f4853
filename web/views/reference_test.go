package views

import (
	"encoding/json"
	"os"
	"testing"
)

// referenceTexts returns the summaries and descriptions of the document of the REST API,
// each with a place where it stands.
func referenceTexts(t *testing.T) map[string]string {
	t.Helper()
	data, err := os.ReadFile("../handlers/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	var document map[string]any
	if err := json.Unmarshal(data, &document); err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	describe("", document, texts)
	if len(texts) == 0 {
		t.Fatal("the document says nothing")
	}
	return texts
}

// describe adds the texts of a value of the document. Examples are values of callers.
func describe(place string, value any, texts map[string]string) {
	switch value := value.(type) {
	case []any:
		for _, v := range value {
			describe(place, v, texts)
		}
	case map[string]any:
		for name, v := range value {
			text, written := v.(string)
			switch {
			case written && (name == "summary" || name == "description"):
				texts[text] = place + "/" + name
			case name != "example" && name != "examples":
				describe(place+"/"+name, v, texts)
			}
		}
	}
}

// Every text of the document of the REST API has a translation, and every translation is
// of a text.
func TestReference(t *testing.T) {
	texts := referenceTexts(t)
	for _, l := range languages[1:] {
		file := "locales/" + string(l.language) + "/messages/" + referenceFile + ".json"
		known := messagesOf(t, l.language)[referenceFile]
		for text, place := range texts {
			if known[text] == "" {
				key, _ := json.Marshal(text)
				t.Errorf("openapi.json says at %s what has no translation: add to %s\n  %s: \"…\",", place, file, key)
			}
		}
		for text := range known {
			if texts[text] == "" {
				t.Errorf("%s has %q, which openapi.json does not say: remove it", file, text)
			}
		}
	}
}
