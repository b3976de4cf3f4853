package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"ekuiper-console/e2e/process"
)

// password is that of the user admin of every console here.
const password = "only for the measurements"

// bench holds what the rows share.
type bench struct {
	folder string
	binary string
	made   int
	full   *console // with 120,000 entries; see filled
}

// console is a console that runs, with ways in.
type console struct {
	*process.Console
	data  string
	token string
	flags []string
	pages *http.Client // signed in
}

// fresh starts a console on an empty folder.
func (b *bench) fresh(flags ...string) (*console, error) { return b.freshIn(nil, flags...) }

// freshIn is fresh with something added to the environment.
func (b *bench) freshIn(env []string, flags ...string) (*console, error) {
	b.made++
	data := filepath.Join(b.folder, fmt.Sprint("data", b.made))
	token, err := process.Command(b.binary, data, "token", "add", "speed", "--role", "admin")
	if err != nil {
		return nil, err
	}
	c := &console{data: data, token: token, flags: append([]string{"--max-document", "2048"}, flags...)}
	return c, c.run(b.binary, env...)
}

// run starts a console on the folder that it has.
func (c *console) run(binary string, env ...string) (err error) {
	c.Console, err = process.Start(binary, c.data, append(env, "CONSOLE_ADMIN_PASSWORD="+password), c.flags...)
	return err
}

// drop stops a console and takes its folder away.
func (c *console) drop() error { return errors.Join(c.Stop(), os.RemoveAll(c.data)) }

// filled returns a console that has 120,000 entries, started once.
func (b *bench) filled() (*console, error) {
	if b.full != nil {
		return b.full, nil
	}
	c, err := b.fresh()
	if err != nil {
		return nil, err
	}
	b.full = c
	_, err = c.importFull(plant(100_000))
	return c, err
}

// close stops what filled has started.
func (b *bench) close() {
	if b.full != nil {
		if err := b.full.drop(); err != nil {
			fmt.Fprintln(os.Stderr, "stopping the console:", err)
		}
	}
}

// call sends a request of the REST API and returns the answer and how long it took from
// the first byte sent to the last one read.
func (c *console) call(method, path string, body []byte) ([]byte, time.Duration, error) {
	req, err := http.NewRequest(method, c.URL+path, bytes.NewReader(body))
	if err != nil {
		return nil, 0, err
	}
	req.Header.Set("Authorization", "Bearer "+c.token)
	return timed(http.DefaultClient, req)
}

// timed sends a request and reads the answer to its end.
func timed(client *http.Client, req *http.Request) ([]byte, time.Duration, error) {
	began := time.Now()
	resp, err := client.Do(req)
	if err != nil {
		return nil, 0, err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	took := time.Since(began)
	if err == nil && resp.StatusCode/100 != 2 {
		err = fmt.Errorf("%s %s = %s: %.300s", req.Method, req.URL.Path, resp.Status, answer)
	}
	return answer, took, err
}

// importFull imports a document with reset.
func (c *console) importFull(doc []byte) (time.Duration, error) {
	_, took, err := c.call("POST", "/data/import", content(doc))
	return took, err
}

// content is the body of an import.
func content(doc []byte) []byte {
	body, err := json.Marshal(map[string]string{"content": string(doc)})
	if err != nil {
		panic(err) // a text can always be written
	}
	return body
}

// signIn opens a session for the pages.
func (c *console) signIn() error {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return err
	}
	c.pages = &http.Client{Jar: jar}
	resp, err := c.pages.PostForm(c.URL+"/ui/sign-in", url.Values{"user": {"admin"}, "password": {password}, "next": {"/ui/"}})
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK || strings.Contains(resp.Request.URL.Path, "sign-in") {
		return fmt.Errorf("signing in = %s at %s", resp.Status, resp.Request.URL)
	}
	return nil
}

// page loads a page.
func (c *console) page(path string) (time.Duration, error) {
	req, err := http.NewRequest("GET", c.URL+path, nil)
	if err != nil {
		return 0, err
	}
	_, took, err := timed(c.pages, req)
	return took, err
}

// memory returns a figure of the process from the kernel, in bytes: VmHWM is the most
// that it had in memory, VmRSS what it has.
func (c *console) memory(figure string) (int64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", c.PID))
	if err != nil {
		return 0, err
	}
	_, rest, ok := strings.Cut(string(text), figure+":")
	var kib int64
	if _, err := fmt.Sscan(rest, &kib); err != nil || !ok {
		return 0, fmt.Errorf("the kernel does not tell %s", figure)
	}
	return kib << 10, nil
}

// median repeats a measurement.
func median(measure func() (time.Duration, error)) (time.Duration, error) {
	return medianOf(*rounds, measure)
}

func medianOf(n int, measure func() (time.Duration, error)) (time.Duration, error) {
	all, err := repeat(n, measure)
	return at(all, 0.5), err
}

// repeat returns the times of n rounds, the shortest first.
func repeat(n int, measure func() (time.Duration, error)) ([]time.Duration, error) {
	var all []time.Duration
	for range n {
		took, err := measure()
		if err != nil {
			return nil, err
		}
		all = append(all, took)
	}
	slices.Sort(all)
	return all, nil
}

// middle returns the median of some times.
func middle(all []time.Duration) time.Duration {
	slices.Sort(all)
	return at(all, 0.5)
}

// at returns the time below which a part of the rounds stays.
func at(sorted []time.Duration, part float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(int(part*float64(len(sorted))), len(sorted)-1)]
}
