package views

import (
	"context"
	"strings"
	"testing"
)

func TestViaText(t *testing.T) {
	chinese := WithLanguage(context.Background(), "zh")
	for via, want := range map[string]string{"page": "页面", "api": "API", "cli": "命令行", "task": "任务", "pigeon": "pigeon", "": ""} {
		if got := viaText(chinese, via); got != want {
			t.Errorf("viaText(%q) = %q, want %q", via, got, want)
		}
	}
}

func TestListed(t *testing.T) {
	for language, want := range map[string]string{"en": "a, b", "zh": "a、b"} {
		if got := listed(WithLanguage(context.Background(), language), []string{"a", "b"}); got != want {
			t.Errorf("in %s two parts are listed as %q, want %q", language, got, want)
		}
	}
}

// A page says in which language it is.
func TestLang(t *testing.T) {
	for language, want := range map[Language]string{"en": "en", "zh": "zh-Hans"} {
		text, doc := renderIn(t, fixtures()["import"], language)
		if got := attr(elements(doc, "html")[0], "lang"); got != want {
			t.Errorf("a page in %s has the lang %q, want %q", language, got, want)
		}
		if want := `value="` + string(language) + `" lang="` + want + `" aria-pressed="true"`; !strings.Contains(text, want) {
			t.Errorf("the switch of a page in %s has no %s", language, want)
		}
	}
}
