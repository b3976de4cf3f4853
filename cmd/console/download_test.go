package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"ekuiper-console/core/artifact/artifacttest"
)

// half is how much of a file the server of TestKilledDownload sends before it waits.
const half = 300_000

// TestKilledDownload kills a console that has half of a file. When it is started again,
// everything is as it was before the import, and the import succeeds.
func TestKilledDownload(t *testing.T) {
	plugin := artifacttest.Zip("a.so", artifacttest.Library(), "ballast", random(2*half))
	var whole atomic.Bool
	files := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", strconv.Itoa(len(plugin)))
		if whole.Load() {
			w.Write(plugin)
			return
		}
		w.Write(plugin[:half])
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}))
	defer files.Close()
	c := &killable{t: t, data: filepath.Join(t.TempDir(), "data")}
	c.start()
	const rejects = `{"streams":{"s":"CREATE STREAM s () WITH (DATASOURCE=\"d\")","bad":"CREATE NOTHING"}}`
	c.post(400, "/data/import?partial=1", rejects)
	before, status := c.get("/data/export"), c.get("/data/import/status")

	wanted := fmt.Sprintf(`{"nativePlugins":{"functions_a":"{\"name\":\"a\",\"file\":\"%s/a.zip\"}"}}`, files.URL)
	id := c.post(200, "/async/data/import?partial=1", wanted)
	temp := c.temp()
	c.kill()
	if held := c.files(); len(held) != 1 || held[0] != temp {
		t.Fatalf("the killed console has left %q", held)
	}
	aged := time.Now().Add(-20 * time.Minute) // nobody is thought to write it any more
	if err := os.Chtimes(temp, aged, aged); err != nil {
		t.Fatal(err)
	}

	c.start()
	c.get("/readyz")
	eventually(t, "the half file is swept", func() bool { return len(c.files()) == 0 })
	c.doctor()
	if now := c.get("/data/export"); now != before {
		t.Errorf("the console held %s\nnow it holds %s", before, now)
	}
	if now := c.get("/data/import/status"); now != status || !strings.Contains(now, "bad") {
		t.Errorf("the status of the last import was %s\nnow it is %s", status, now)
	}
	if task := c.get("/async/task/" + id); !strings.Contains(task, `"status":"error"`) || !strings.Contains(task, "interrupted") {
		t.Errorf("the task is %s", task)
	}

	whole.Store(true)
	c.post(200, "/data/import?partial=1", wanted)
	if now := c.get("/data/export"); !strings.Contains(now, "functions_a") || !strings.Contains(now, "CREATE STREAM s") {
		t.Errorf("after the import the console holds %s", now)
	}
	if held := c.files(); len(held) != 1 || strings.Contains(held[0], ".put-") {
		t.Errorf("after the import it keeps %q", held)
	}
	c.doctor()
}

// random returns a text of some bytes that hardly gets smaller.
func random(n int) string {
	var b strings.Builder
	for x := uint32(1); b.Len() < n; {
		x = x*1664525 + 1013904223
		b.WriteByte(byte(x >> 24))
	}
	return b.String()
}

// killable is a console on a folder, which may be killed and started again.
type killable struct {
	t    *testing.T
	data string
	cmd  *exec.Cmd
	url  string
}

// start starts the console and waits until it says where it is.
func (c *killable) start() {
	c.t.Helper()
	program, err := exec.LookPath("console")
	if err != nil {
		c.t.Fatal(err)
	}
	c.cmd = exec.CommandContext(c.t.Context(), program, "serve", "--data", c.data, "--listen", "127.0.0.1:0", "--rest-auth", "off", "--allow-private-net")
	c.cmd.Stderr = c.t.Output()
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		c.t.Fatal(err)
	}
	if err := c.cmd.Start(); err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(c.kill)
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if found := announced.FindStringSubmatch(lines.Text() + "\n"); found != nil {
			c.url = found[3]
			return
		}
	}
	c.t.Fatal("the console does not say where it is")
}

// kill ends the console at once.
func (c *killable) kill() {
	_ = c.cmd.Process.Kill() // it may have ended
	_ = c.cmd.Wait()
}

// get returns the answer to a request.
func (c *killable) get(path string) string {
	c.t.Helper()
	resp, err := http.Get(c.url + path)
	return c.answer(200, resp, err)
}

// post sends a document and returns the answer: of a task, its id.
func (c *killable) post(status int, path, document string) string {
	c.t.Helper()
	body, err := json.Marshal(map[string]string{"content": document})
	if err != nil {
		c.t.Fatal(err)
	}
	resp, err := http.Post(c.url+path, "application/json", bytes.NewReader(body))
	var task struct{ ID string }
	_ = json.Unmarshal([]byte(c.answer(status, resp, err)), &task) // it may be no task
	return task.ID
}

func (c *killable) answer(status int, resp *http.Response, err error) string {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != status {
		c.t.Fatalf("%s %s: %s %s, %v", resp.Request.Method, resp.Request.URL, resp.Status, body, err)
	}
	return string(body)
}

// files returns the files in the folder of artifacts.
func (c *killable) files() (all []string) {
	c.t.Helper()
	err := filepath.WalkDir(filepath.Join(c.data, "artifacts"), func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			all = append(all, path)
		}
		return err
	})
	if err != nil {
		c.t.Fatal(err)
	}
	return all
}

// temp waits until half of the file is there, and returns its path.
func (c *killable) temp() (path string) {
	c.t.Helper()
	eventually(c.t, "half of the file is there", func() bool {
		held := c.files()
		if len(held) != 1 {
			return false
		}
		path = held[0]
		info, err := os.Stat(path)
		return err == nil && info.Size() == half
	})
	return path
}

// doctor looks whether the data folder is well.
func (c *killable) doctor() {
	c.t.Helper()
	out, err := exec.Command("console", "doctor", "--data", c.data).CombinedOutput()
	if err != nil || !strings.Contains(string(out), " is well: ") {
		c.t.Errorf("doctor: %s, %v", out, err)
	}
}

// eventually waits until something is so.
func eventually(t *testing.T, what string, so func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !so(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("in vain: %s", what)
		}
	}
}
