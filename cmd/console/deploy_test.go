package main

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/alecthomas/kong"
)

// TestDeploy holds the variables in deploy to the flags that there are: a misspelt one
// would silently count for nothing.
func TestDeploy(t *testing.T) {
	parser, err := kong.New(&cli{}, kong.DefaultEnvars("CONSOLE"))
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{adminPassword: true}
	for _, command := range parser.Model.Leaves(false) {
		for _, flags := range command.AllFlags(false) {
			for _, flag := range flags {
				for _, name := range flag.Envs {
					known[name] = true
				}
			}
		}
	}
	variable := regexp.MustCompile(`CONSOLE_[A-Z_]+`)
	for _, name := range []string{"deploy/console.service", "deploy/Dockerfile", "README.md"} {
		text, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		found := variable.FindAllString(string(text), -1)
		if len(found) == 0 {
			t.Errorf("%s sets nothing", name)
		}
		for _, one := range found {
			if !known[one] {
				t.Errorf("%s names %s, which no flag reads", name, one)
			}
		}
	}
}
