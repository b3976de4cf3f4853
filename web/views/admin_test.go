package views

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"ekuiper-console/core"
	"ekuiper-console/core/account"
	"ekuiper-console/core/audit"
	"ekuiper-console/core/node"
)

var admin = Layout{Node: "local", Revision: 41, User: "m.keller", Role: core.Admin, Path: "/ui/accounts", Server: "https://edge-gw-07.plant.local", Version: "1.0.0"}

const (
	firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
	edge    = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0"
)

// adminFixtures are the pages of the administration in states that differ, by name.
func adminFixtures() map[string]templ.Component {
	at := time.Date(2026, 11, 19, 14, 32, 58, 0, time.UTC)
	users := []account.User{{Name: "a.novak", Role: core.Operator, Created: at}, {Name: "m.keller", Role: core.Admin, Created: at}, {Name: strings.Repeat("long", 16), Role: core.Viewer, Created: at}}
	tokens := []account.Token{
		{ID: "x7dk2mqa", Name: "nightly-backup", Role: core.Viewer, Scope: account.ExportOnly, By: "m.keller", Created: at, LastUsed: at, Expires: at.AddDate(0, 3, 0)},
		{ID: "b1qkz5rt", Name: longName[:64], Role: core.Admin, Scope: account.All, By: "root", Created: at},
		{ID: "gone", Name: "ci", Role: core.Operator, Scope: account.ImportOnly, By: "root", Created: at, Expires: at.AddDate(0, 0, 7)},
	}
	sessions := []account.Session{
		{ID: "one", User: "m.keller", Agent: firefox, Addr: "192.0.2.7", Began: at, Seen: at}, {ID: "two", User: "m.keller", Agent: edge, Addr: "2001:db8:1234:5678:9abc:def0:1234:5678", Began: at, Seen: at},
		{ID: "three", User: "m.keller", Agent: "a script", Addr: "192.0.2.9", Began: at, Seen: at},
	}
	facts := &ServerFacts{Data: "/var/lib/ekuiper-console/" + longName, StoreSize: 48_200_000, MaxBundle: 512 << 20, RESTAuth: true, FileRoots: []string{"/var/lib/ekuiper-console/uploads", "/srv/bundles"}}
	ill := node.Health{State: node.Unreachable, Reason: "no answer within 10s", Asked: at}
	well := node.Health{State: node.Online, Version: "2.4.0", UpTime: 93784, Clock: -2, Latency: 12, Asked: at}
	plant := NodeRow{node.Node{Name: "plant1", URL: "http://plant1:9081", Labels: map[string]string{"site": "north", "line": "4"}, Auth: node.Auth{Kind: node.JWT, Issuer: "console"}, Variables: map[string]string{"broker": "tcp://b:1883"}, Created: at, Pulled: at}, well, keptFixture(at)}
	nodes := []NodeRow{{node.Node{Name: longName[:63], URL: "https://" + longName, Auth: node.Auth{Kind: node.None}}, ill, Kept{}}, plant}
	onPlant := admin
	onPlant.Node, onPlant.NodeState, onPlant.Choice = "plant1", node.Unreachable, []string{"local", "plant1"}
	return map[string]templ.Component{
		"nodes":            NodesPage{Layout: admin, Nodes: nodes},
		"nodes-wrong":      NodesPage{Layout: admin, Nodes: nodes, Form: NodeForm{Name: "a/b", URL: "x", Auth: "bearer", Problem: "the bearer token is missing, or is none", Hint: "write http://host:9081"}},
		"nodes-none":       NodesPage{Layout: viewer},
		"node":             NodePage{Layout: onPlant, NodeRow: plant, Form: FormOf(plant.Node), Done: NodePulled},
		"node-ill":         NodePage{Layout: viewer, NodeRow: nodes[0]},
		"node-remove":      ConfirmPage{Layout: admin, What: RemoveNode, Name: "plant1"},
		"accounts":         AccountsPage{Layout: admin, Users: users},
		"accounts-taken":   AccountsPage{Layout: admin, Users: users, Form: AccountForm{Name: "a.novak", Role: core.Admin, Error: NameTaken}},
		"account":          AccountPage{Layout: admin, Account: users[0], Done: RoleChanged},
		"account-self":     AccountPage{Layout: admin, Account: users[1], Error: LastAdmin},
		"account-remove":   ConfirmPage{Layout: admin, What: RemoveAccount, Name: users[2].Name, Error: LastAdmin},
		"tokens":           TokensPage{Layout: admin, Tokens: tokens, Now: at.AddDate(0, 1, 0)},
		"tokens-none":      TokensPage{Layout: admin, Form: TokenForm{Name: "a b", Role: core.Viewer, Scope: account.ImportOnly, Error: TokenNameBad}},
		"tokens-made":      TokensPage{Layout: admin, Tokens: tokens[:1], Now: at, Form: TokenForm{Name: "nightly-backup", Days: 90}, Made: "ekc_" + strings.Repeat("ABCDEFGHIJKLMNOPQRSTUVWXYZ", 2)},
		"token-revoke":     ConfirmPage{Layout: admin, What: RevokeToken, Name: "nightly-backup"},
		"audit":            AuditPage{Layout: admin, Events: everyEvent(at), More: true, Query: audit.Query{Before: 400}},
		"audit-none":       AuditPage{Layout: admin, Query: audit.Query{Action: audit.Import, Caller: "m.keller", Text: "a&b"}},
		"settings":         SettingsPage{Layout: admin, Sessions: sessions, Current: "one", Facts: facts},
		"settings-open":    SettingsPage{Layout: admin, Sessions: sessions[:1], Current: "one", Facts: &ServerFacts{}, Changed: true},
		"settings-viewer":  SettingsPage{Layout: viewer, Sessions: sessions, Current: "two", Error: WrongPresent},
		"settings-guesses": SettingsPage{Layout: viewer, Sessions: sessions, Current: "two", Error: TooManyAttempts, Wait: time.Second},
	}
}

// everyEvent has an event of each action.
func everyEvent(at time.Time) []audit.Event {
	var all []audit.Event
	for i, a := range audit.Actions() {
		e := audit.New(at.Add(-time.Duration(i)*time.Minute), core.Caller{Name: "m.keller", Via: "page", Addr: "192.0.2.7"}, a, "local")
		e.ID = int64(400 - i)
		all = append(all, e)
	}
	all[0].Detail, all[0].Revision = "partial, 6 created, 4 replaced, 0 deleted, 3 rejected", 42
	all[8].Result, all[8].Count, all[8].Caller, all[8].Addr = audit.Denied, 12345, "", "2001:db8:1234:5678:9abc:def0:1234:5678"
	all[12].Result, all[12].Subject, all[12].Caller = audit.Denied, "POST /async/data/import", "token "+longName
	all[1].Result, all[1].Detail = audit.Failed, longName
	return all
}

// What a person reads on the pages of the administration.
func TestAdminTells(t *testing.T) {
	tells := map[string][]string{
		"nodes":            {"plant1", "online", "no answer within 10s", "site=north", `href="/ui/nodes/plant1"`, `action="/ui/nodes"`, "19 Nov 2026", "never"},
		"nodes-wrong":      {"the bearer token is missing", "write http://host:9081", `value="a/b"`, `value="bearer" selected`},
		"nodes-none":       {"No other nodes yet"},
		"node":             {"The node was read.", "2.4.0", "26h3m4s", "12 ms", "broker=tcp://b:1883", `action="/ui/nodes/plant1/pull"`, `href="/ui/nodes/plant1/remove"`, `<option selected>plant1</option>`, `action="/ui/node"`, "unreachable"},
		"node-remove":      {"Remove the node plant1", "Nothing is done to the node itself"},
		"accounts":         {`href="/ui/accounts/a.novak"`, "m.keller you", "Imports too", `value="viewer" checked`},
		"accounts-taken":   {"There is an account of this name already.", `value="a.novak"`, `value="admin" checked`},
		"account":          {"The role is changed.", `action="/ui/accounts/a.novak"`, `value="operator" checked`, `href="/ui/accounts/a.novak/remove"`},
		"account-self":     {"This is the last administrator.", "changed against the present one", `href="/ui/settings"`},
		"account-remove":   {"nobody can sign in with it any more", "Remove longlong", "Keep it", "This is the last administrator."},
		"tokens":           {"nightly-backup x7dk2mqa", "Viewer Export only", "expired 26 Nov 2026", `href="/ui/tokens/gone/revoke"`, "in 90 days"},
		"tokens-none":      {"No tokens yet", "A token name has", `value="import" selected`},
		"tokens-made":      {"The token nightly-backup is made", "cannot be shown again", "ekc_ABC", `curl -H "Authorization: Bearer ekc_`, "https://edge-gw-07.plant.local/data/export"},
		"token-revoke":     {"Revoke the token nightly-backup", "are refused from now on"},
		"audit":            {"OKImport into local rev 42 partial, 6 created", "RefusedRefused sign-in local 12,345 times", "FailedRestore of", "unknown", `href="/ui/audit?before=360"`, "Newest", `href="/ui/audit/download"`},
		"audit-none":       {"Nothing matches.", `value="import" selected`, `value="a&amp;b"`, `href="/ui/audit/download?action=import&amp;caller=m.keller&amp;q=a%26b"`},
		"settings":         {"Firefox on Linux", "Edge on Windows", "Another browser", "this browser", `action="/ui/settings/sessions/two"`, "48.2 MB", "536.9 MB", "for callers with a token", "/srv/bundles"},
		"settings-open":    {"open to everybody who reaches it", "The password is changed."},
		"settings-viewer":  {"This is not your present password."},
		"settings-guesses": {"The next counts in 1 second."},
	}
	for name, wants := range tells {
		text, doc := render(t, adminFixtures()[name])
		for _, want := range wants {
			if !strings.Contains(textOf(doc), want) && !strings.Contains(text, want) {
				t.Errorf("%s does not tell %q; it reads\n%s", name, want, textOf(doc))
			}
		}
	}
}

// Only admins see what is for them.
func TestAdminOnly(t *testing.T) {
	text, _ := render(t, adminFixtures()["settings-viewer"])
	for _, unwanted := range []string{"/ui/accounts", "/ui/tokens", "/ui/audit", "This server"} {
		if strings.Contains(text, unwanted) {
			t.Errorf("a viewer sees %s", unwanted)
		}
	}
	if strings.Contains(text, "/ui/settings/sessions/two") {
		t.Error("one can end the session one is in, without signing out")
	}
}

// Each action and each result has its words.
func TestDeeds(t *testing.T) {
	for _, a := range audit.Actions() {
		if deeds[a] == "" {
			t.Errorf("%s has no name", a)
		}
	}
	for _, r := range []audit.Result{audit.OK, audit.Denied, audit.Failed} {
		if ends[r].mark == "" {
			t.Errorf("%s has no mark", r)
		}
	}
	for _, s := range account.Scopes() {
		if scopeTexts[s] == "" {
			t.Errorf("%s has no name", s)
		}
	}
}

func TestBrowserText(t *testing.T) {
	for agent, want := range map[string]string{
		firefox: "Firefox on Linux", edge: "Edge on Windows", "curl/8.5.0": "curl", "": "Another browser",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1": "Safari on iPhone",
		"Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36":                            "Chrome on Android",
	} {
		if got := browserText(context.Background(), agent); got != want {
			t.Errorf("browserText(%q) = %q, want %q", agent, got, want)
		}
	}
}
