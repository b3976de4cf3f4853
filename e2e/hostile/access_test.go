package hostile

import "strings"

// anew is a sign-in of somebody who has no cookie.
func anew(fields ...string) request { return form("/ui/sign-in", fields...).without("Cookie") }

// inForms are forms of the pages that no page would send.
var inForms = []hostile{
	{"a page without a cookie", page("/ui/accounts").without("Cookie"), "303 /ui/sign-in"},
	{"a cookie that somebody planted", page("/ui/accounts").with("Cookie: console_session=" + strings.Repeat("A", 43)), "303 /ui/sign-in"},
	{"a cookie that is empty", page("/ui/accounts").with("Cookie: console_session="), "303 /ui/sign-in"},
	{"a cookie of 30 kB", page("/ui/accounts").with("Cookie: console_session=" + strings.Repeat("A", 30_000)), "303 /ui/sign-in"},
	{"a cookie that ends the statement", page("/ui/accounts").with("Cookie: console_session=' or 1=1 --"), "303 /ui/sign-in"},
	{"two cookies, the first of which is planted", page("/ui/accounts").with("Cookie: console_session=x; {cookie}"), "303 /ui/sign-in|200"},
	{"a cookie for https", page("/ui/accounts").with("Cookie: __Host-{cookie}"), "303 /ui/sign-in"},
	{"a cookie for the REST API", page("/data/export"), "401"},
	{"a token for the pages", get("/ui/accounts"), "303 /ui/sign-in"},
	{"the hash of a cookie", page("/ui/accounts").with("Cookie: console_session=" + strings.Repeat("0", 64)), "303 /ui/sign-in"},
	{"a language that is a page", page("/ui/").also(`Cookie: console_language="><script>alert(1)</script>`), "200|303"},
	{"a theme that is a page", form("/ui/preferences", "theme", `"><script>`, "back", "/ui/"), "303 /ui/$"},
	{"a form with a file for one that takes none", multi(form("/ui/sign-in"), "Content-Disposition: form-data; name=user; filename=x\r\n\r\nadmin"), "400"},
	{"an escape that is none", filled("/ui/sign-in", text("user=%zz")).without("Cookie"), "400"},
	{"a semicolon", filled("/ui/sign-in", text("user=a;password=b")).without("Cookie"), "400|401"},
	{"a form as JSON", anew("user", user).with("Content-Type: application/json"), "401"},
	{"a field twice", anew("user", "nobody", "user", user, "password", password), "401"},
	{"fields in the query", anew().with("Content-Length: 0").at("/ui/sign-in?user=" + user + "&password=a+long+passphrase+for+tests"), "401|429"},
	{"the first set-up once more", form("/ui/setup", "user", "evil", "password", password, "password2", password, "token", "x").without("Cookie"), "404|403|400"},
	{"an action that is none", form("{draft}", "action", "publish"), "400"},
	{"a mode that is none", form("{draft}", "action", "review", "mode", "everything"), "400"},
	{"a draft of another", form("/ui/import/aaaaaaaaaaaaaaaaaaaaaaaaaa", "action", "remove"), "404"},
	{"a plan that moved", form("{draft}/review", "action", "apply", "plan", "0"), "303|409|400|404"},
	{"a revision that is none", form("/ui/history/-1/restore"), "40[04]"},
	{"a revision of more than 64 bits", form("/ui/history/99999999999999999999/restore"), "40[04]"},
	{"a session that is not there", form("/ui/settings/sessions/..%2f..%2f"), "303 /ui/settings$|404"},
	{"a password that is not repeated", form("/ui/settings", "present", password, "password", "another long passphrase", "password2", "a third long passphrase"), "400"},
	{"another password without the present one", form("/ui/settings", "password", "another long passphrase", "password2", "another long passphrase"), "403"},
	{"an account without a role", form("/ui/accounts", "user", "a", "password", "another long passphrase", "password2", "another long passphrase"), "400"},
	{"the end of the last administrator", form("/ui/accounts/admin/remove"), "409"},
	{"another role of the last administrator", form("/ui/accounts/admin", "action", "role", "role", "viewer"), "400"},
	{"days of a token that are no choice", form("/ui/tokens", "name", "a", "role", "viewer", "days", "99999999999999"), "400"},
	{"a tag that is a page", page("/ui/export?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&tag=%3Cb%3E"), "200"},
	{"a rollout of another draft", form("/ui/rollouts", "draft", "aaaaaaaaaaaaaaaaaaaaaaaaaa", "node", "x"), "400|404"},
	{"an act on a rollout that is none", form("/ui/rollouts/x", "action", "delete"), "400"},
	{"a wave that is none", form("/ui/rollouts/x/rollback?wave=-1", "count", "-1"), "404"},
	{"a board that is filtered by a page", page("/ui/rollouts/x?show=%3Cscript%3E&page=-9"), "404"},
	{"an event of another task", page("/ui/tasks/none/events"), "404"},
}

// at sends a request to another target.
func (r request) at(target string) request {
	method, _, _ := strings.Cut(r.line, " ")
	r.line = method + " " + target + " HTTP/1.1"
	return r
}

// fromElsewhere are requests that a page of somebody else makes a browser send.
var fromElsewhere = []hostile{
	{"a form of another site", form("/ui/sign-out").with("Sec-Fetch-Site: cross-site"), "403"},
	{"a form of another host of the site", form("/ui/sign-out").with("Sec-Fetch-Site: same-site"), "403"},
	{"a form of another origin", form("/ui/sign-out").with("Origin: https://evil.example"), "403"},
	{"a form of no origin", form("/ui/sign-out").with("Origin: null"), "403"},
	{"a form of another port", form("/ui/sign-out").with("Origin: http://127.0.0.1:1"), "403"},
	{"a form of a name that begins alike", form("/ui/sign-out").with("Origin: http://{host}.evil.example"), "403"},
	{"a form of a user of this name", form("/ui/sign-out").with("Origin: http://{host}@evil.example"), "403"},
	{"a form of an origin that is none", form("/ui/sign-out").with("Origin: http://[::1"), "403"},
	{"a sign-in from another site", anew("user", user, "password", password).with("Sec-Fetch-Site: cross-site"), "403"},
	{"an import from another site", filled("/ui/import", text("text={}")).with("Sec-Fetch-Site: cross-site"), "403"},
	{"an import with a token from another site", post("/data/import", `{"content":"{}"}`).with("Origin: https://evil.example"), "403"},
	{"an import as a plain text from another site", post("/data/import", `{"content":"{}"}`).with("Origin: https://evil.example").with("Content-Type: text/plain"), "403"},
	{"a question before a write", call("OPTIONS", "/data/import", payload{}).with("Origin: https://evil.example").with("Access-Control-Request-Method: POST"), "405"},
	{"an export that another page reads", get("/data/export").with("Origin: https://evil.example"), "200"},
	{"a Referer alone", form("/ui/preferences", "theme", "dark", "back", "/ui/").with("Referer: https://evil.example/"), "303 /ui/$"},
	{"an address of a proxy that nobody trusts", get("/data/export").with("X-Forwarded-For: 127.0.0.1").without("Authorization"), "401"},
	{"a scheme of a proxy that nobody trusts", page("/ui/").with("X-Forwarded-Proto: https"), "200"},
	{"a host of a proxy that nobody trusts", page("/ui/api").with("X-Forwarded-Host: evil.example"), "200"},
	{"a host that leads away", page("/ui/accounts").without("Cookie").with("Host: evil.example"), "303 /ui/sign-in"},
	{"a user of a proxy", get("/data/export").without("Authorization").with("X-Forwarded-User: admin").with("Remote-User: admin"), "401"},
	{"a certificate by a header", get("/data/export").without("Authorization").with("X-SSL-Client-Verify: SUCCESS"), "401"},
}

// leading is a change of the theme that wants to lead somewhere. It leads to the overview.
func leading(target string) hostile {
	return hostile{target, form("/ui/preferences", "theme", "dark", "back", target), "303 /ui/$"}
}

// leadingAway are addresses outside of the pages.
var leadingAway = []hostile{
	leading("https://evil.example/"), leading("//evil.example/"), leading("///evil.example/"), leading(`/\evil.example/`), leading(`\\evil.example`),
	leading("javascript:alert(1)"), leading("data:text/html,x"), leading("/ui/../../evil"), leading("/ui/..//evil.example"), leading(`/ui/\evil.example`),
	leading("/ui/\r\nSet-Cookie: a=b"), leading("\t//evil.example"), leading("https:evil.example"), leading("/ui.evil.example/"), leading("/%2f/evil.example"),
	{"/ui//evil.example", form("/ui/preferences", "theme", "dark", "back", "/ui//evil.example"), "303 /ui/"},
	{"escaped dots", form("/ui/preferences", "theme", "dark", "back", "/ui/%2e%2e//evil.example"), "303 /ui/$"},
	{"after a sign-in", anew("user", user, "password", password, "next", "//evil.example/"), "303 /ui/$"},
	{"a scheme after a sign-in", anew("user", user, "password", password, "next", "javascript:alert(1)"), "303 /ui/$"},
	{"from a page that asks to sign in", page("//evil.example/ui/").without("Cookie"), "404|303 /ui/"},
	{"out of the root", wire("GET //evil.example/%2e%2e HTTP/1.1", "Host: {host}", "Connection: close", "Accept: text/html", "", ""), "404|400"},
}

// bearer is a request with a token.
func bearer(token string) request { return get("/data/export").with("Authorization: " + token) }

// guessing are tokens and passwords that somebody makes up. After a few of them no more is
// looked at for a while; who has a good token goes on.
var guessing = []hostile{
	{"no token", get("/data/export").without("Authorization"), "401"},
	{"an empty token", bearer("Bearer "), "401"},
	{"another scheme", bearer("Basic YWRtaW46YWRtaW4="), "401"},
	{"a token in the query", get("/data/export?token={token}").without("Authorization"), "401"},
	{"a token in a cookie", get("/data/export").without("Authorization").with("Cookie: token={token}"), "401"},
	{"two tokens, the second of which is good", bearer("Bearer x").also("Authorization: Bearer {token}"), "401|429"},
	{"a good token with a tail", bearer("Bearer {token}x"), "401|429"},
	{"a good token in another case", bearer("Bearer {token}").with("Authorization: BEARER {token}"), "200"},
	{"a signed token of no algorithm", bearer("Bearer eyJhbGciOiJub25lIn0.eyJpc3MiOiJ4In0."), "401|429"},
	{"a signed token whose key is a path", bearer("Bearer eyJhbGciOiJSUzI1NiIsImtpZCI6Ii4uLy4uL3gifQ.eyJpc3MiOiIuLi8uLi94In0.AAAA"), "401|429"},
	{"a signed token by the public key", bearer("Bearer eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJzYW1wbGVfa2V5LnB1YiJ9.AAAA"), "401|429"},
	{"a signed token that is nested", bearer("Bearer " + strings.Repeat("W1tb", 4_000) + ".e30.x"), "401|429"},
	{"the first guess", bearer("Bearer guess1"), "401|429"},
	{"the second guess", bearer("Bearer guess2"), "401|429"},
	{"the third guess", bearer("Bearer guess3"), "429|401"},
	{"the fourth guess", bearer("Bearer guess4"), "429|401"},
	{"the fifth guess", bearer("Bearer guess5"), "429"},
	{"a good token after the guesses", get("/data/export"), "200"},
	{"a password", anew("user", user, "password", "guess number one"), "401|429"},
	{"another password", anew("user", user, "password", "guess number two"), "401|429"},
	{"a third password", anew("user", user, "password", "guess number three"), "401|429"},
	{"a fourth password", anew("user", user, "password", "guess number four"), "401|429"},
	{"a fifth password", anew("user", user, "password", "guess number five"), "401|429"},
	{"a sixth password", anew("user", user, "password", "guess number six"), "429"},
	{"a name that is not there", anew("user", "nobody", "password", "guess number one"), "401|429"},
}
