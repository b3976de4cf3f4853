package transfer_test

import (
	"fmt"
	"strings"
	"testing"

	"ekuiper-console/core/plan"
	"ekuiper-console/core/transfer"
)

func TestChoose(t *testing.T) {
	s := service(t)
	doc := demo
	for _, r := range []string{"a ", "b hot", "c hot", "d hot"} {
		id, tag, _ := strings.Cut(r, " ")
		doc = lines(doc, fmt.Sprintf(`rules/%s = {"id":%q,"tags":[%q],"sql":"SELECT * FROM demo","actions":[{"log":{}}]}`, id, id, tag))
	}
	run(t, s, plan.Full, doc)
	hot := []transfer.Query{{Tag: "hot"}}
	tests := []struct {
		choice transfer.Choice
		want   string // picked | by name | except | unknown
	}{
		{transfer.Choice{}, "[] [] [] []"},
		{transfer.Choice{Rules: []string{"b", "a", "b"}}, "[a b] [a b] [] []"},
		{transfer.Choice{Rules: []string{"a", "zzz"}}, "[a] [a] [] [zzz]"},
		{transfer.Choice{Every: hot}, "[b c d] [] [] []"},
		{transfer.Choice{Every: hot, Rules: []string{"a", "b"}}, "[a b c d] [a] [] []"},
		{transfer.Choice{Every: hot, Except: []string{"c", "a", "zzz"}}, "[b d] [] [c] []"},
		{transfer.Choice{Every: hot, Except: []string{"c"}, Rules: []string{"c"}}, "[b c d] [] [] []"},
		{transfer.Choice{Every: []transfer.Query{{Text: "\"a\""}, {Tag: "none"}}}, "[a] [] [] []"},
		{transfer.Choice{Every: []transfer.Query{{}}, Except: []string{"a"}}, "[b c d] [] [a] []"},
	}
	for _, tt := range tests {
		c, err := s.Choose(ctx, viewer, transfer.Local, tt.choice)
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(c.Picked, c.Rules, c.Except, c.Unknown); got != tt.want {
			t.Errorf("Choose(%+v) = %s, want %s", tt.choice, got, tt.want)
		}
	}
}
