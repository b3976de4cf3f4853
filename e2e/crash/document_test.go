package crash

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
)

// document is a bundle that was made up, with what the model must know of it.
type document struct {
	entries state
	refused map[entry]bool // the entries that no import takes
	text    string         // as it is sent
	sum     string         // SHA-256 of the text, hexadecimal
}

// maker makes up documents. Texts are written in the form in which the console keeps
// them.
type maker struct {
	*rand.Rand
	files string // address of the server of files
	made  int
	id    string // of the client, so that no two make the same
	d     *document
}

// put adds an entry.
func (m *maker) put(section, name, format string, args ...any) {
	m.d.entries[entry{section, name}] = fmt.Sprintf(format, args...)
}

// some calls do with up to most different numbers below n.
func (m *maker) some(n, most int, do func(i int)) {
	for _, i := range m.Perm(n)[:m.IntN(min(n, most)+1)] {
		do(i)
	}
}

// document makes up a bundle. Each has an entry like no other's, so that importing it
// always changes something.
func (m *maker) document() *document {
	m.made++
	m.d = &document{entries: state{}, refused: map[entry]bool{}}
	m.put("uploads", "mark", `{"name":"mark","content":"%s-%d"}`, m.id, m.made)
	m.sources()
	m.configs()
	m.code()
	m.archives()
	if m.IntN(5) == 0 {
		m.bad()
	}
	sections := map[string]map[string]string{}
	for e, text := range m.d.entries {
		if sections[e.section] == nil {
			sections[e.section] = map[string]string{}
		}
		sections[e.section][e.name] = text
	}
	m.d.text = marshal(sections)
	sum := sha256.Sum256([]byte(m.d.text))
	m.d.sum = hex.EncodeToString(sum[:])
	return m.d
}

// sources puts streams, tables, and rules with the streams that they need.
func (m *maker) sources() {
	stream := func(i int) {
		m.put("streams", fmt.Sprint("s", i), `CREATE STREAM s%d (id BIGINT, v%d FLOAT) WITH (DATASOURCE="a/%d", FORMAT="JSON")`, i, m.IntN(50), m.IntN(50))
	}
	m.some(8, 4, stream)
	m.some(4, 2, func(i int) {
		m.put("tables", fmt.Sprint("t", i), `CREATE TABLE t%d (id BIGINT, n%d STRING) WITH (DATASOURCE="t%d.json", TYPE="file", FORMAT="JSON")`, i, m.IntN(50), i)
	})
	m.some(12, 6, func(i int) {
		from := m.IntN(8)
		stream(from)
		m.put("rules", fmt.Sprint("r", i), `{"id":"r%d","sql":"SELECT id, %d AS n FROM s%d","actions":[{"log":{}}]}`, i, m.IntN(1000), from)
	})
}

// configs puts configurations, of which a partial import merges the keys.
func (m *maker) configs() {
	for _, section := range []string{"sourceConfig", "sinkConfig", "connectionConfig"} {
		m.some(2, 1, func(i int) {
			keys := properties{}
			m.some(6, 3, func(k int) {
				keys[fmt.Sprint("k", k)] = map[string]string{"server": fmt.Sprintf("tcp://h%d:1883", m.IntN(100))}
			})
			m.put(section, []string{"mqtt", "redis"}[i], "%s", marshal(keys))
		})
	}
}

// code puts what has its content in its text.
func (m *maker) code() {
	m.some(4, 2, func(i int) {
		m.put("scripts", fmt.Sprint("f", i), `{"id":"f%d","description":"%d","script":"function f%d(x) { return x }","isAgg":false}`, i, m.IntN(100), i)
	})
	m.some(3, 1, func(i int) {
		m.put("Schema", fmt.Sprint("protobuf_m", i), `{"type":"protobuf","name":"m%d","content":"message M { required int64 id = %d; }"}`, i, 1+m.IntN(100))
	})
	m.some(4, 2, func(i int) {
		m.put("uploads", fmt.Sprint("u", i), `{"name":"u%d.txt","content":"%d"}`, i, m.IntN(100))
	})
}

// archives puts what has its content in a file, which is fetched.
func (m *maker) archives() {
	m.some(3, 1, func(i int) {
		m.put("portablePlugins", fmt.Sprint("p", i), `{"name":"p%d","file":"%s/portable/p%d/%d.zip"}`, i, m.files, i, m.IntN(100))
	})
	m.some(3, 1, func(i int) {
		m.put("nativePlugins", fmt.Sprint("functions_n", i), `{"name":"n%d","file":"%s/native/n%d/%d.zip","functions":["n%d"]}`, i, m.files, i, m.IntN(100), i)
	})
	m.some(3, 1, func(i int) {
		m.put("uploads", fmt.Sprint("x", i), `{"name":"x%d.bin","file":"%s/upload/x%d/%d.bin"}`, i, m.files, i, m.IntN(100))
	})
}

// bad puts an entry that is refused: a new one, or in place of one that may be there.
func (m *maker) bad() {
	e := entry{"tables", fmt.Sprint("t", m.IntN(8))}
	m.d.entries[e], m.d.refused[e] = "CREATE TBALE "+e.name, true
}
