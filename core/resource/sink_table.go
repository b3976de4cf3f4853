package resource

import (
	"net/url"
	"slices"
	"strings"
	"time"
)

// commonProps are the properties that every sink takes.
var commonProps = []prop{
	{"concurrency", aNumber}, {"omitIfEmpty", aFlag}, {"sendSingle", aFlag}, {"dataTemplate", aText},
	{"format", aText}, {"schemaId", aText}, {"delimiter", aText}, {"hasHeader", aFlag}, {"bufferLength", aNumber},
	{"fields", texts}, {"excludeFields", texts}, {"dataField", aText}, {"batchSize", aNumber}, {"lingerInterval", aDuration},
	{"compression", aText}, {"compressionProps", anObject}, {"encryption", aText}, {"encProps", anObject},
}

// cacheProps are those of the cache of a sink.
var cacheProps = []prop{
	{"memoryCacheThreshold", aNumber}, {"maxDiskCache", aNumber}, {"bufferPageSize", aNumber}, {"enableCache", aFlag},
	{"resendInterval", aDuration}, {"cleanCacheAtStop", aFlag}, {"resendAlterQueue", aFlag}, {"resendPriority", aNumber},
	{"resendIndicatorField", aText}, {"resendDestination", aText},
}

// passedOn are properties that are known, in lower case, but judged nowhere.
var passedOn = set("resourceid", "tabledatafield", "runasync", "retryinterval", "retrycount", "cachelength", "cachesaveinterval")

// plainFormats are the formats that need no schema.
var plainFormats = []string{"json", "binary", "delimited", "urlencoded"}

var compressors = set("gzip", "zlib", "flate", "zstd")

// tlsProps are the properties of a connection over TLS.
var tlsProps = []prop{
	{"certificationPath", aText}, {"privateKeyPath", aText}, {"rootCaPath", aText}, {"insecureSkipVerify", aFlag},
	{"tlsMinVersion", aText}, {"renegotiationSupport", aText}, {"certificationRaw", aText}, {"privateKeyRaw", aText}, {"rootCARaw", aText},
}

// sinkTypes are the built-in types of sinks.
var sinkTypes = map[string]sinkType{
	"log":         {bytes: true},
	"logToMemory": {bytes: true},
	"nop":         {props: []prop{{"log", aFlag}}},
	"memory":      {props: []prop{{"topic", aText}, {"rowkindField", aText}, {"keyField", aText}}, check: memorySink},
	"mqtt": {bytes: true, check: mqttSink, props: append([]prop{
		{"server", aText}, {"protocolVersion", aText}, {"clientid", aText}, {"username", aText}, {"password", aText},
		{"topic", aText}, {"qos", aByte}, {"retained", aFlag}, {"connectionSelector", aText}, {"properties", textMap},
	}, tlsProps...)},
	"rest": {bytes: true, check: restSink, decodes: "fail to parse the properties: ", props: append([]prop{
		{"url", aText}, {"method", aText}, {"body", aText}, {"bodyType", aText}, {"timeout", aDuration}, {"headers", anything},
		{"responseType", aText}, {"debugResp", aFlag}, {"oAuth", objectMap}, {"incremental", aFlag}, {"interval", aDuration},
		{"formData", textMap}, {"fileFieldName", aText}, {"connectionSelector", aText},
	}, tlsProps...)},
	"file": {bytes: true, check: fileSink, props: []prop{
		{"path", aText}, {"fileType", aText}, {"rollingInterval", aDuration}, {"rollingCount", aNumber}, {"rollingSize", aNumber},
		{"rollingNamePattern", aText}, {"checkInterval", aDuration}, {"interval", aDuration}, {"rollingHook", aText}, {"rollingHookProps", anObject},
	}},
	"websocket": {bytes: true, check: endpointSink("websocket"), props: append([]prop{
		{"addr", aText}, {"path", aText}, {"connectionSelector", aText},
	}, tlsProps...)},
	"sse": {bytes: true, check: endpointSink("sse"), props: []prop{{"path", aText}}},
	"neuron": {check: neuronSink, props: []prop{
		{"url", aText}, {"nodeName", aText}, {"groupName", aText}, {"tags", texts}, {"raw", aFlag}, {"connectionSelector", aText},
	}},
	"redis": {check: redisSink, props: []prop{
		{"addr", aText}, {"username", aText}, {"password", aText}, {"db", aNumber}, {"key", aText}, {"field", aText},
		{"keyType", aText}, {"dataType", aText}, {"expiration", aDuration}, {"rowkindField", aText},
	}},
	"redisPub": {bytes: true, check: redisPubSink, props: []prop{
		{"address", aText}, {"username", aText}, {"password", aText}, {"db", aNumber}, {"channel", aText},
	}},
}

// sinkProps are the names of all properties of sinks.
var sinkProps = allProps()

func allProps() map[string]bool {
	known := set(slices.Concat(propNames(commonProps), propNames(cacheProps))...)
	for _, typ := range sinkTypes {
		for _, p := range typ.props {
			known[p.name] = true
		}
	}
	return known
}

func memorySink(s *stage, d *decoding) {
	if topic := d.text("topic", ""); strings.ContainsAny(topic, "#+") {
		s.refuse("topic", "a rule writes to one topic", "invalid memory topic %s: wildcard found", topic)
	}
	if d.text("rowkindField", "") != "" && d.text("keyField", "") == "" {
		s.refuse("rowkindField", "", "keyField is required when rowkindField is set")
	}
}

func mqttSink(s *stage, d *decoding) {
	switch v := d.text("protocolVersion", "3.1.1"); v {
	case "", "3.1", "3.1.1", "4", "5":
	default:
		s.note("protocolVersion", "write 3.1, 3.1.1 or 5", "the protocol version %s is not known", v)
	}
	if d.text("server", "") == "" {
		s.missingServer(d)
		return
	}
	mqttTarget(s, d)
}

// missingServer says that there is no address of a broker, unless a connection has it.
func (s *stage) missingServer(d *decoding) {
	const hint = `give the broker's address under "server"`
	if selector := d.text("connectionSelector", ""); selector != "" {
		s.need("connectionSelector", Need{Connects, connectionID(selector), ""}, hint, "missing server property")
		mqttTarget(s, d)
		return
	}
	s.refuse("", hint, "missing server property")
}

func mqttTarget(s *stage, d *decoding) {
	if d.text("topic", "") == "" {
		s.refuse("", `give it a "topic"`, "mqtt sink is missing property topic")
	} else if topic := d.text("topic", ""); strings.ContainsAny(topic, "#+") {
		s.note("topic", "a client publishes to one topic", "the topic %s has a wildcard", topic)
	}
	if qos := d.number("qos", 0) & 0xff; qos > 2 {
		s.refuse("qos", "", "invalid qos value %d, the value could be only int 0 or 1 or 2", qos)
	}
}

var (
	httpMethods = set("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD")
	bodyTypes   = set("none", "text", "json", "html", "xml", "javascript", "form", "binary", "formdata")
)

func restSink(s *stage, d *decoding) {
	address := d.text("url", "http://localhost")
	method, body := d.text("method", "get"), d.text("bodyType", "")
	response := d.text("responseType", "code")
	switch {
	case address == "":
		s.refuse("url", "", "url is required")
	case !httpMethods[strings.ToUpper(method)] && !dynamic(method):
		s.refuse("method", didYouMean(method, names(httpMethods)), "Not supported HTTP method %s.", method)
	case d.time("timeout", 0) < 0:
		s.refuse("timeout", "", "timeout must be greater than or equal to 0")
	case body != "" && !bodyTypes[strings.ToLower(body)] && !dynamic(body):
		s.refuse("bodyType", didYouMean(body, names(bodyTypes)), "Invalid body type value %s.", body)
	case response != "code" && response != "body":
		s.refuse("responseType", "write code or body", "Invalid response type value %s.", response)
	case !dynamic(address):
		s.address("url", address)
	}
	if headers, _ := d.lookup("headers"); headers != nil {
		s.headers(headers)
	}
}

// dynamic reports whether a property takes its value from the data.
func dynamic(text string) bool { return strings.Contains(text, "{{") }

// address judges the address of a web server.
func (s *stage) address(prop, text string) {
	u, err := url.ParseRequestURI(text)
	switch {
	case err != nil:
		s.refuse(prop, "an address begins with http:// or https://", "%v", err)
	case u.Scheme != "http" && u.Scheme != "https":
		s.refuse(prop, "an address begins with http:// or https://", "Invalid scheme %s", u.Scheme)
	}
}

func (s *stage) headers(v any) {
	switch v := v.(type) {
	case string:
	case map[string]any:
		for _, key := range sortedKeys(v) {
			if _, ok := v[key].(string); !ok {
				s.refuse("headers", "a header is a text", "the header %s is no text", key)
			}
		}
	default:
		s.refuse("headers", "write the headers as an object", "headers must be a map or a string")
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
	case size < 0:
		s.refuse("rollingSize", "", "rollingSize must be positive")
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
	}
}

// endpointSink returns the check of a sink that offers an address of the engine's.
func endpointSink(name string) func(*stage, *decoding) {
	return func(s *stage, d *decoding) {
		if !strings.HasPrefix(d.text("path", ""), "/") && d.text("connectionSelector", "") == "" {
			s.refuse("path", `give it a "path" that begins with /`, "%s endpoint should start with /", name)
		}
	}
}

func neuronSink(s *stage, d *decoding) {
	if d.text("url", "") == "" && d.text("connectionSelector", "") == "" {
		s.refuse("url", `give neuron's address under "url", such as tcp://127.0.0.1:7081`, "url is required")
		return
	}
	if !d.flag("raw") && (d.text("nodeName", "") == "" || d.text("groupName", "") == "") {
		s.note("", `or set "raw" to true`, "without nodeName and groupName nothing reaches neuron")
	}
}

const maxRedisDB = 15

func redisSink(s *stage, d *decoding) {
	key, field, keyType := d.text("key", ""), d.text("field", ""), d.text("keyType", "single")
	switch db := d.number("db", 0); {
	case db < 0 || db > maxRedisDB:
		s.refuse("db", "", "redis db should be in range 0-15")
	case keyType == "single" && key == "" && field == "":
		s.refuse("", `give it a "key" or a "field"`, "redis sink must have key or field when KeyType is single")
	case keyType != "single" && keyType != "multiple":
		s.refuse("keyType", "", "KeyType only support single or multiple")
	case d.text("dataType", "string") != "string" && d.text("dataType", "string") != "list":
		s.refuse("dataType", "", "redis sink only support string or list data type")
	}
}

func redisPubSink(s *stage, d *decoding) {
	switch db := d.number("db", 0); {
	case d.text("address", "") == "":
		s.refuse("address", "", "redisPub sink is missing property address")
	case db < 0 || db > maxRedisDB:
		s.refuse("db", "", "redisPub sink db should be in range 0-15")
	case d.text("channel", "") == "":
		s.refuse("channel", "", "redisPub sink is missing property channel")
	}
}
