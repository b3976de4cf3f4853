package resource

import (
	"fmt"
	"regexp"
	"strings"
)

var idPattern = regexp.MustCompile(`^[a-zA-Z0-9_\-]+$`)

// checkID returns the engine's message for an id that it does not take, or "".
func checkID(id string) string {
	switch {
	case id == "":
		return "id cannot be empty"
	case id != strings.TrimSpace(id):
		return fmt.Sprintf("id '%s' contains leading or trailing whitespace", id)
	case !idPattern.MatchString(id):
		return fmt.Sprintf("id '%s' contains invalid characters: only alphanumeric, hyphens and underscores are allowed", id)
	}
	return ""
}
