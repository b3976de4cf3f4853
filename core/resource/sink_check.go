package resource

import (
	"fmt"
	"net/url"
	"strings"
	"time"
)

func memorySink(s *stage, d *decoding) {
	if topic := d.text("topic", ""); strings.ContainsAny(topic, "#+") {
		s.refuse("topic", "a rule writes to one topic", "invalid memory topic %s: wildcard found", topic)
	}
	if d.text("rowkindField", "") != "" && d.text("keyField", "") == "" {
		s.refuse("rowkindField", "", "keyField is required when rowkindField is set")
	}
}

var (
	fileTypes       = set("json", "csv", "lines")
	fileCompressors = set("", "gzip", "zstd")
	rollingPatterns = set("", "prefix", "suffix", "none")
)

func fileSink(s *stage, d *decoding) {
	interval, count, size := d.time("rollingInterval", 0), d.number("rollingCount", 1000000), d.number("rollingSize", 0)
	typ, pattern := d.text("fileType", "lines"), d.text("rollingNamePattern", "")
	switch {
	case interval < 0:
		s.refuse("rollingInterval", "", "rollingInterval must be positive")
	case count < 0:
		s.refuse("rollingCount", "", "rollingCount must be positive")
	case d.time("checkInterval", time.Minute) < 0:
		s.refuse("checkInterval", "", "checkInterval must be positive")
	case interval == 0 && count == 0 && size == 0:
		s.refuse("rollingCount", "", "one of rollingInterval, rollingCount, or rollingSize must be set")
	case !rollingPatterns[pattern]:
		s.refuse("rollingNamePattern", didYouMean(pattern, names(rollingPatterns)), "rollingNamePattern must be one of prefix, suffix or none")
	case d.text("path", "cache") == "":
		s.refuse("path", "", "path must be set")
	case !fileTypes[typ]:
		s.refuse("fileType", didYouMean(typ, names(fileTypes)), "fileType must be one of json, csv or lines")
	case typ == "csv" && d.text("format", "") != "delimited":
		s.refuse("format", `set "format" to "delimited"`, "format must be delimited when fileType is csv")
	case !fileCompressors[d.text("compression", "")]:
		s.refuse("compression", "", "compression must be one of gzip, zstd")
	case d.text("rollingHook", "") != "":
		s.refuse("rollingHook", "", "rolling hook %s is not registered", d.text("rollingHook", ""))
	case size < 0:
		s.note("rollingSize", "", "rollingSize is below zero; it is ignored")
	}
}

// websocketSink judges a sink that offers an address of the engine's. The older name of the property
// counts only where the newer one is not given.
func websocketSink(s *stage, d *decoding) {
	endpoint, given := d.props["datasource"]
	name := "datasource"
	if !given {
		name, endpoint = "path", d.props["path"]
	}
	d = &decoding{props: map[string]any{"datasource": endpoint}}
	if msg := d.decode([]prop{{"datasource", aText}}); msg != "" {
		s.refuse(name, "", "%s", msg)
	} else if !strings.HasPrefix(d.text("datasource", ""), "/") {
		s.refuse(name, `give it a "path" that begins with /`, "websocket endpoint should start with /")
	}
}

func sseSink(s *stage, d *decoding) {
	if !strings.HasPrefix(d.text("endpoint", ""), "/") {
		s.refuse("endpoint", `give it an "endpoint" that begins with /`, "sse endpoint should start with /")
	}
}

// neuronProps are the properties of a neuron sink besides its address.
var neuronProps = []prop{{"nodeName", aText}, {"groupName", aText}, {"tags", texts}, {"raw", aFlag}}

func neuronSink(s *stage, d *decoding) {
	const hint = `give neuron's address under "url", such as tcp://127.0.0.1:7081`
	switch address := d.text("url", ""); {
	case address != "":
		if u, err := url.Parse(address); err != nil {
			s.refuse("url", hint, "error parsing url %s: %s", address, err)
		} else if u.Scheme != "tcp" && u.Scheme != "ipc" {
			s.refuse("url", hint, "only tcp and ipc scheme are supported")
		}
	case !s.connected(d, hint, "url is required"):
		s.refuse("url", hint, "url is required")
		return
	}
	if !s.decoded(d, neuronProps, "") || d.flag("raw") {
		return
	}
	for _, p := range []struct{ name, noun string }{{"nodeName", "node"}, {"groupName", "group"}} {
		if d.text(p.name, "") == "" {
			s.refuse("", fmt.Sprintf(`give it a %q, or set "raw" to true`, p.name), "%s name is required if raw is not set", p.noun)
			return
		}
	}
}

const maxRedisDB = 15

func redisSink(s *stage, d *decoding) {
	key, field, keyType := d.text("key", ""), d.text("field", ""), d.text("keyType", "single")
	switch db := d.number("db", 0); {
	case db < 0 || db > maxRedisDB:
		s.refuse("db", "", "redisSink db should be in range 0-15")
	case keyType == "single" && key == "" && field == "":
		s.refuse("", `give it a "key" or a "field"`, "redis sink must have key or field when KeyType is single")
	case keyType != "single" && keyType != "multiple":
		s.refuse("keyType", "", "KeyType only support single or multiple")
	case d.text("dataType", "string") != "string" && d.text("dataType", "string") != "list":
		s.refuse("dataType", "", "redis sink only support string or list data type")
	}
}

// redisPubProps are the properties of a sink that publishes by way of redis.
var redisPubProps = []prop{{"address", aText}, {"username", aText}, {"password", aText}, {"db", aNumber}, {"channel", aText}}

func redisPubSink(s *stage, d *decoding) {
	if !s.decoded(d, redisPubProps, fmt.Sprintf("read properties %s fail with error: ", short(d.props))) {
		return
	}
	switch db := d.number("db", 0); {
	case db < 0 || db > maxRedisDB:
		s.refuse("db", "", "redisPub db should be in range 0-15")
	case d.text("channel", "") == "":
		s.refuse("channel", "", "redisPub sink is missing property channel")
	case d.text("address", "") == "":
		s.note("", `give redis's address under "address"`, "without an address it is sent to redis on the machine of the engine")
	}
}
