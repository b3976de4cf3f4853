package views

import (
	_ "embed"
	"strings"
	"time"

	"ekuiper-console/core"
	"ekuiper-console/core/node"
)

// Theme is the choice of light or dark.
type Theme string

// The themes. The empty one follows the system.
const (
	System Theme = ""
	Light  Theme = "light"
	Dark   Theme = "dark"
)

// ParseTheme reads the value of the form field theme. What it does not know is System.
func ParseTheme(s string) Theme {
	if theme := Theme(s); theme == Light || theme == Dark {
		return theme
	}
	return System
}

// Layout is what every page knows of the request: where it was made, by whom, and how
// the pages look to them.
type Layout struct {
	Node      string     // the node that the page works on
	Revision  int64      // of that node
	NodeState node.State // how it is doing; empty for the embedded one
	NodeRead  time.Time  // when it was last read; zero for never, and for the embedded one
	Choice    []string   // the nodes that one may choose from; none where there is but one
	User      string     // who is signed in; empty for nobody, and then pages have no navigation
	Role      core.Role  // of the user
	Theme     Theme
	Language  Language
	Path      string // of this page with its query, to come back to it
	Server    string // scheme and host by which the browser came, such as "https://edge-gw-07"
	Version   string // of the console
}

// host returns the server without its scheme.
func (l Layout) host() string {
	_, host, _ := strings.Cut(l.Server, "://")
	return host
}

// mayImport reports whether the user may change the node.
func (l Layout) mayImport() bool { return l.Role >= core.Operator }

// dataTheme returns the name of the chosen theme in the style sheet.
func (l Layout) dataTheme() string { return "console-" + string(l.Theme) }

// frame is what one page tells the layout.
type frame struct {
	title   string
	active  string // the item of the navigation
	editor  bool   // the page may have an editor
	refresh int    // seconds after which a browser without scripts loads the page again; 0 for never
}

// link is an item of the navigation.
type link struct {
	name, href, icon string // the icon may be empty
	text             Key
	role             core.Role // the lowest that sees it
}

// links is the navigation, in order.
var links = []link{
	{"overview", "/ui/", "activity", "overview.title", core.Viewer},
	{"import", "/ui/import", "arrow-down-to-line", "nav.import", core.Operator},
	{"export", "/ui/export", "arrow-up-from-line", "nav.export", core.Viewer},
	{"inventory", "/ui/inventory", "layers", "inventory.title", core.Viewer},
	{"history", "/ui/history", "history", "history.title", core.Viewer},
	{"nodes", "/ui/nodes", "network", "nav.nodes", core.Viewer},
	{"rollouts", "/ui/rollouts", "waypoints", "rollouts.title", core.Viewer},
	{"backups", "/ui/backups", "archive", "nav.backups", core.Viewer},
	{"api", "/ui/api", "braces", "nav.api", core.Viewer},
}

// adminLinks is the second part of the navigation.
var adminLinks = []link{
	{"accounts", "/ui/accounts", "", "nav.accounts", core.Admin},
	{"tokens", "/ui/tokens", "", "nav.tokens", core.Admin},
	{"audit", "/ui/audit", "", "nav.audit", core.Admin},
	{"settings", "/ui/settings", "", "nav.settings", core.Viewer},
}

// themes are the choices of the switch.
var themes = []struct {
	theme Theme
	value string
	icon  string
	text  Key
}{
	{System, "system", "monitor", "theme.system"},
	{Light, "light", "sun", "theme.light"},
	{Dark, "dark", "moon", "theme.dark"},
}

//go:embed sprite.svg
var sprite string

// htmxConfig keeps htmx from what the content security policy forbids and the pages do
// not need.
const htmxConfig = `{"includeIndicatorCSS":false,"history":false}`

// pressed is the value of aria-pressed.
func pressed(on bool) string {
	if on {
		return "true"
	}
	return "false"
}
