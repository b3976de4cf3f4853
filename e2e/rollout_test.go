package e2e

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
)

// TestRolloutJourney brings a bundle into two nodes, of which the first fails: the second is
// left alone. Once the first is mended it is tried again, and then all is taken back.
func TestRolloutJourney(t *testing.T) {
	t.Parallel()
	office := serve(t)
	first, second := serve(t), serve(t)
	ill, door := tired(t, first.url)
	admin := office.console("token", "add", "--role", "admin", "fleet")
	register := func(name, address string, plant *server) {
		t.Helper()
		body := `{"name":"` + name + `","url":"` + address + `","labels":{"line":"3"},"auth":{"kind":"bearer","token":"` + plant.console("token", "add", "office") + `"}}`
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, office.url+"/api/v1/nodes", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+admin)
		resp, err := http.DefaultClient.Do(req)
		if err != nil || resp.StatusCode != http.StatusCreated {
			t.Fatalf("registering %s: %v, %v", name, resp, err)
		}
		resp.Body.Close()
	}
	register("line3-a", door, first)
	register("line3-b", second.url, second)
	v := office.signedIn()

	v.follow("Rollouts")
	v.see("No rollouts yet")
	v.accessible()
	v.follow("New rollout")
	v.heading("New rollout")
	v.accessible()
	v.fill("or its text", `{"streams":{"fleet":"CREATE STREAM fleet () WITH (DATASOURCE=\"f\")"}}`)
	v.fill("and all nodes with all of these labels", "line=3")
	v.press("Make the plans")
	v.see("waits for review")
	v.see("the same change")
	v.accessible()

	v.press("Start on 2 nodes")
	v.see("a node of the first wave failed")
	v.accessible()
	if got := second.console("export"); strings.Contains(got, "fleet") {
		t.Errorf("the second node was applied to: %s", got)
	}
	for _, width := range []int{360, 1440, 2560} {
		v.must(v.page.SetViewportSize(width, 900), "making the page %d wide", width)
		v.fits()
	}

	ill.Store(false)
	v.press("Try 1 node again")
	v.see("2 of 2 verified")
	v.accessible()
	for _, plant := range []*server{first, second} {
		if got := plant.console("export"); !strings.Contains(got, "fleet") {
			t.Errorf("a node that is told to be verified holds %s", got)
		}
	}
	v.press("Roll back")
	v.see("2 nodes get back all that they held before the rollout")
	v.accessible()
	v.press("Roll back 2 nodes")
	v.see("2 of 2 nodes hold again what they held")
	if got := first.console("export"); strings.Contains(got, "fleet") {
		t.Errorf("after the rollback the first node holds %s", got)
	}
	v.open("/ui/rollouts")
	v.see("2 rolled back")
	v.accessible()
	v.follow("pasted.json")
	v.follow("Delete")
	v.accessible()
	v.press("Delete pasted.json")
	v.see("No rollouts yet")
}

// tired stands before a server and takes no import while it is ill.
func tired(t *testing.T, address string) (ill *atomic.Bool, door string) {
	t.Helper()
	behind, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	ill = new(atomic.Bool)
	ill.Store(true)
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(behind) }}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if ill.Load() && r.Method == http.MethodPost {
			http.Error(w, "the proxy is tired", http.StatusServiceUnavailable)
			return
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	return ill, s.URL
}
