package views

import (
	"context"
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
