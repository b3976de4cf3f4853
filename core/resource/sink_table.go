package resource

import "slices"

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
var passedOn = set("resourceid", "tabledatafield", "runasync", "retryinterval", "retrycount", "cachelength", "cachesaveinterval", "interval")

// plainFormats are the formats that need no schema.
var plainFormats = []string{"json", "binary", "delimited", "urlencoded"}

var compressors = set("gzip", "zlib", "flate", "zstd")

// sinkTypes are the built-in types of sinks.
var sinkTypes = map[string]sinkType{
	"log":         {bytes: true},
	"logToMemory": {bytes: true},
	"nop":         {props: []prop{{"log", aFlag}}},
	"memory":      {props: []prop{{"topic", aText}, {"rowkindField", aText}, {"keyField", aText}}, check: memorySink},
	"mqtt":        {bytes: true, check: mqttSink, props: mqttConnection, later: slices.Concat(mqttSession, tlsProps, mqttMessage)},
	"rest":        {bytes: true, check: restSink, later: append(slices.Concat(restProps, tlsProps), prop{"connectionSelector", aText})},
	"file": {bytes: true, streams: true, check: fileSink, props: []prop{
		{"path", aText}, {"fileType", aText}, {"rollingInterval", aDuration}, {"rollingCount", aNumber}, {"rollingSize", aNumber},
		{"rollingNamePattern", aText}, {"checkInterval", aDuration}, {"rollingHook", aText}, {"rollingHookProps", anObject},
	}},
	"websocket": {bytes: true, check: websocketSink, later: append([]prop{
		{"addr", aText}, {"path", aText}, {"datasource", aText}, {"connectionSelector", aText},
	}, tlsProps...)},
	"sse":    {bytes: true, check: sseSink, props: []prop{{"endpoint", aText}}},
	"neuron": {check: neuronSink, props: []prop{{"url", aText}}, later: append(neuronProps, prop{"connectionSelector", aText})},
	"redis": {check: redisSink, props: []prop{
		{"addr", aText}, {"username", aText}, {"password", aText}, {"db", aNumber}, {"key", aText}, {"field", aText},
		{"keyType", aText}, {"dataType", aText}, {"expiration", aDuration}, {"rowkindField", aText},
	}},
	"redisPub": {bytes: true, check: redisPubSink, later: redisPubProps},
}

// sinkProps are the names of all properties of sinks.
var sinkProps = allProps()

func allProps() map[string]bool {
	known := set(slices.Concat(propNames(commonProps), propNames(cacheProps))...)
	for _, typ := range sinkTypes {
		for _, p := range typ.known() {
			known[p.name] = true
		}
	}
	return known
}
