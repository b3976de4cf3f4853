package views

import (
	"strings"
	"testing"
)

func TestWrap(t *testing.T) {
	tests := []struct{ text, want string }{
		{"", ""},
		{"demo", "demo"},
		{"0123456789", "0123456789"},
		{"0123456789a", "0123456789|a"},
		{"line_3_press_vibration", "line_3_|press_vib…"},
		{"01234-789ab", "01234-|789ab"},
		{"0-123456789a", "0-12345678|9a"},
		{"温度温度温度", "温度温度温|度"},
		{"0123456789abcdefghijKL", "0123456789|abcdefghi…"},
		{"温度温度温度温度温度温度", "温度温度温|度温度温…"},
	}
	for _, tt := range tests {
		if got := strings.Join(wrap(tt.text, 10, 2), "|"); got != tt.want {
			t.Errorf("wrap(%q) = %q, want %q", tt.text, got, tt.want)
		}
	}
}

func TestFit(t *testing.T) {
	tests := []struct{ name, sub, want string }{
		{"demo", "stream", "demo … stream"},
		{"mqtt/broker_hall_a", "connection", "mqtt/broker_hall_a / connection"},
		{"oven_overheat_alarm_hall_a", "", "oven_overheat_alarm_hall_a"},
		{"mqtt/gone_away_configuration", "missing source config", "mqtt/gone_away_ / configuration"},
	}
	for _, tt := range tests {
		b := box{sub: tt.sub}
		b.fit(tt.name)
		got := strings.Join(b.name, " / ")
		switch {
		case b.below:
			got += " / " + b.sub
		case b.sub != "":
			got += " … " + b.sub
		}
		if got != tt.want {
			t.Errorf("%q and %q fit as %q, want %q", tt.name, tt.sub, got, tt.want)
		}
	}
}
