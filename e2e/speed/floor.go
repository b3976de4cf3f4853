package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	_ "modernc.org/sqlite"

	"ekuiper-console/e2e/process"
)

// plant is a document of n rules over n/5 streams, about 600 bytes a rule, the same as
// what the benchmark of the use case imports.
func plant(n int) []byte {
	streams := max(n/5, 1)
	doc := map[string]map[string]string{"streams": {}, "rules": {}}
	for i := range streams {
		name := fmt.Sprintf("line_%d_telemetry", i)
		doc["streams"][name] = fmt.Sprintf(`CREATE STREAM %s (device_id STRING, temperature FLOAT, pressure FLOAT, ts BIGINT) WITH (DATASOURCE="plant/line%d/+/telemetry", FORMAT="JSON", TYPE="mqtt", CONF_KEY="hall_a")`, name, i)
	}
	for i := range n {
		id := fmt.Sprintf("rule_%06d", i)
		doc["rules"][id] = rule(id, i, i%streams)
	}
	text, err := json.Marshal(doc)
	if err != nil {
		panic(err) // texts can always be written
	}
	return text
}

// rule is the text of one rule.
func rule(id string, i, line int) string {
	return fmt.Sprintf(`{"id":%q,"name":"overheating of line %d","sql":"SELECT device_id, avg(temperature) AS avg_temp, max(pressure) AS max_pressure, count(*) AS n FROM line_%d_telemetry WHERE temperature > %d AND device_id != \"test\" GROUP BY device_id, TUMBLINGWINDOW(ss, 10) HAVING avg(temperature) > 30",`+
		`"actions":[{"mqtt":{"server":"tcp://broker.plant.local:1883","topic":"alarms/line%d","qos":1,"sendSingle":true,"dataTemplate":"{\"device\":\"{{.device_id}}\"}"}},{"log":{}}],"options":{"qos":1,"checkpointInterval":"60s"},"tags":["line%d","temperature"]}`,
		id, i, line, i%90, i, i%7)
}

// importFloor is the least that an import can take: the body is sent over loopback and
// decoded with the standard library, the document in it too, and its rows are inserted
// with one prepared statement in one durable transaction, into a new file.
func (b *bench) importFloor(doc []byte) (time.Duration, error) {
	b.made++
	path := filepath.Join(b.folder, fmt.Sprintf("floor%d.db", b.made))
	defer os.Remove(path)
	file, err := sql.Open("sqlite", "file:"+path+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=cache_size(-65536)")
	if err != nil {
		return 0, err
	}
	defer file.Close()
	if _, err := file.Exec("create table entries (kind text, name text, text text, primary key (kind, name)) strict, without rowid"); err != nil {
		return 0, err
	}
	body := content(doc)
	return served(func(w http.ResponseWriter, r *http.Request) {
		if err := insertAll(r.Context(), file, r.Body); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	}, func(url string) (time.Duration, error) {
		c := console{Console: &process.Console{URL: url}}
		_, took, err := c.call("POST", "/", body)
		return took, err
	})
}

// insertAll decodes a body and inserts what is in it.
func insertAll(ctx context.Context, file *sql.DB, body io.Reader) error {
	var wrapped struct{ Content string }
	if err := json.NewDecoder(body).Decode(&wrapped); err != nil {
		return err
	}
	var sections map[string]map[string]string
	if err := json.Unmarshal([]byte(wrapped.Content), &sections); err != nil {
		return err
	}
	t, err := file.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer t.Rollback() // in vain once it is committed
	insert, err := t.PrepareContext(ctx, "insert into entries (kind, name, text) values (?, ?, ?)")
	if err != nil {
		return err
	}
	for kind, section := range sections {
		for name, text := range section {
			if _, err := insert.Exec(kind, name, text); err != nil {
				return err
			}
		}
	}
	return t.Commit()
}

// copyFloor is what it takes to send so many bytes over loopback.
func copyFloor(body []byte) (time.Duration, error) {
	return served(func(w http.ResponseWriter, r *http.Request) {
		w.Write(body) // the client sees it when it fails
	}, func(url string) (time.Duration, error) {
		return median(func() (time.Duration, error) {
			req, err := http.NewRequest("GET", url, nil)
			if err != nil {
				return 0, err
			}
			_, took, err := timed(http.DefaultClient, req)
			return took, err
		})
	})
}

// served has a handler answer on loopback while use runs.
func served(handle http.HandlerFunc, use func(url string) (time.Duration, error)) (time.Duration, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	server := &http.Server{Handler: handle, ReadHeaderTimeout: time.Minute}
	defer server.Close()
	go server.Serve(listener)
	return use("http://" + listener.Addr().String())
}
