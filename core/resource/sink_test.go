package resource

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"math/big"
	"testing"
)

// TestSinks has the first finding about one action.
func TestSinks(t *testing.T) {
	const mqtt, encrypted = `"server":"tcp://h:1","topic":"t"`, "get encryptor aes fail with error: "
	cert, key := pair(t)
	tests := []struct{ typ, props, want string }{
		{"lgo", `1`, "expect map[string]interface{} type for the action properties, but found 1"},
		{"log", `{"fields":["a"],"excludeFields":["b"]}`, "field and excludeFields cannot both be set"},
		{"log", `{"fields":["a"],"excludeFields":[]}`, ""},
		{"log", `{"tableDataField":1}`, "fail to parse sink configuration: tableDataField must be a text, but is 1"},
		{"log", `{"tableDataField":1,"dataField":"a"}`, ""},
		{"log", `{"resendPriority":2}`, "fail to parse sink configuration: invalid cache properties: resendPriority:resendPriority must be -1, 0 or 1"},
		{"log", `{"resendPriority":-1}`, ""},
		{"log", `{"encryption":"des"}`, "get encryptor des fail with error: encryptor 'des' is not supported"},
		{"log", `{"encryption":"aes"}`, ""},
		{"log", `{"encryption":"aes","encProps":{"mode":"ecb"}}`, encrypted + "unsupported AES encryption mode: ecb"},
		{"log", `{"encryption":"aes","encProps":{"mode":1}}`, encrypted + "1 error(s) decoding:\n\n* 'mode' expected type 'string', got unconvertible type 'float64', value: '1'"},
		{"log", `{"encryption":"aes","encProps":{"mode":"gcm","iv":"?"}}`, encrypted + "invalid IV setting"},
		{"log", `{"encryption":"aes","encProps":{"mode":"gcm","iv":"AAAA"}}`, encrypted + "invalid IV length"},
		{"log", `{"encryption":"aes","encProps":{"mode":null,"iv":"AAAAAAAAAAAAAAAA"}}`, ""},
		{"log", `{"encryption":"aes","encProps":{"mode":"gcm","aad":"?"}}`, encrypted + "invalid Aad setting"},
		{"memory", `{"encryption":"des","compression":"x","format":"x"}`, ""},
		{"file", `{"encryption":"des","compression":"gzip"}`, ""},
		{"file", `{"compression":"zlib"}`, "compression must be one of gzip, zstd"},
		{"file", `{"rollingHook":"mine"}`, "rolling hook mine is not registered"},
		{"file", `{"rollingSize":-1}`, "rollingSize is below zero; it is ignored"},
		{"log", `{"dataTemplate":"{{nosuch .a}}"}`, `template: sink:1: function "nosuch" not defined`},
		{"log", `{"dataTemplate":"{{.a | json | base64 | trimSuffix \"=\"}}"}`, ""},
		{"mqtt", `{"server":"h","topic":"{{...a}}"}`, "template: sink:1: unexpected <.> in operand"},
		{"mqtt", `{"server":"h","topic":"{{.a"}`, ""},
		{"mqtt", `{` + mqtt + `,"properties":{"a":"{{if}}"}}`, "template: sink:1: missing value for if"},
		{"mqtt", `{"server":"h","topic":"a/+"}`, "mqtt sink topic shouldn't contain # or +"},
		{"mqtt", `{"topic":"a","protocolVersion":"4.0"}`, "unsupported protocol version 4.0"},
		{"mqtt", `{` + mqtt + `,"protocolVersion":""}`, "unsupported protocol version "},
		{"mqtt", `{` + mqtt + `,"enableClientSession":true}`, ""},
		{"mqtt", `{` + mqtt + `,"enableClientSession":true,"protocolVersion":"5"}`, "missing client state path"},
		{"mqtt", `{"server":"tcp://h:x","topic":"t","protocolVersion":"5"}`, `parse "tcp://h:x": invalid port ":x" after host`},
		{"mqtt", `{` + mqtt + `,"insecureSkipVerify":"yes"}`, "1 error(s) decoding:\n\n* 'insecureSkipVerify' expected type 'bool', got unconvertible type 'string', value: 'yes'"},
		{"mqtt", `{` + mqtt + `,"rootCARaw":"?"}`, "illegal base64 data at input byte 0"},
		{"mqtt", `{` + mqtt + `,"privateKeyRaw":"MTIz"}`, "tls: failed to find any PEM data in certificate input"},
		{"mqtt", `{` + mqtt + `,"certificationPath":"c.pem"}`, "tls: failed to find any PEM data in certificate input"},
		{"mqtt", `{` + mqtt + `,"certificationPath":"c.pem","privateKeyPath":"k.pem","rootCaPath":"r.pem"}`, ""},
		{"mqtt", fmt.Sprintf(`{%s,"certificationRaw":%q,"privateKeyRaw":%q}`, mqtt, cert, key), ""},
		{"mqtt", `{` + mqtt + `,"tls":"own","insecureSkipVerify":true}`, "unknown tls configuration type: own"},
		{"mqtt", `{` + mqtt + `,"tls":"own"}`, ""},
		{"rest", `{"method":"patch"}`, "Not supported HTTP method patch."},
		{"rest", `{"method":"{{.m}}"}`, "Not supported HTTP method {{.m}}."},
		{"rest", `{"method":"post"}`, ""},
		{"rest", `{"method":"post","format":"delimited"}`, "format must be json if bodyType is json"},
		{"rest", `{"method":"post","bodyType":"text","format":"delimited"}`, ""},
		{"rest", `{"bodyType":"FORM"}`, "format must be urlencoded if bodyType is form"},
		{"rest", `{"bodyType":"form","format":"urlencoded"}`, ""},
		{"rest", `{"headers":"a"}`, "fail to parse the properties: 1 error(s) decoding:\n\n* 'headers' expected a map, got 'string'"},
		{"rest", `{"interval":"soon"}`, ""},
		{"rest", `{"url":"http:/h"}`, "Invalid url, host not found"},
		{"rest", `{"oAuth":{}}`, "if setting oAuth, `access` property is required"},
		{"rest", `{"oAuth":{"access":{"url":1}}}`, "fail to parse the access properties of oAuth: 1 error(s) decoding:\n\n* 'url' expected type 'string', got unconvertible type 'float64', value: '1'"},
		{"rest", `{"oAuth":{"access":{},"refresh":{"url":1}}}`, ""},
		{"rest", `{"oAuth":{"access":{"url":"http://h"},"refresh":{"url":1}}}`, "fail to parse the refresh token properties: 1 error(s) decoding:\n\n* 'url' expected type 'string', got unconvertible type 'float64', value: '1'"},
		{"rest", `{"certificationPath":1}`, "1 error(s) decoding:\n\n* 'certificationPath' expected type 'string', got unconvertible type 'float64', value: '1'"},
		{"sse", `{"path":"/a"}`, "sse endpoint should start with /"},
		{"sse", `{"endpoint":"/a"}`, ""},
		{"websocket", `{"datasource":"/a","path":"b"}`, ""},
		{"websocket", `{"connectionSelector":"c"}`, "websocket endpoint should start with /"},
		{"websocket", `{"path":1}`, "1 error(s) decoding:\n\n* 'datasource' expected type 'string', got unconvertible type 'float64', value: '1'"},
		{"neuron", `{"raw":true}`, "url is required"},
		{"neuron", `{"raw":true,"connectionSelector":"c"}`, ""},
		{"neuron", `{"raw":true,"connectionSelector":"n"}`, "url is required"},
		{"neuron", `{"raw":true,"url":"http://h"}`, "only tcp and ipc scheme are supported"},
		{"neuron", `{"url":"tcp://h:1"}`, "node name is required if raw is not set"},
		{"neuron", `{"url":"tcp://h:1","nodeName":"n"}`, "group name is required if raw is not set"},
		{"neuron", `{"url":"ipc:///a","nodeName":"n","groupName":"g"}`, ""},
		{"redis", `{"db":16,"key":"k"}`, "redisSink db should be in range 0-15"},
		{"redisPub", `{"db":-1}`, "redisPub db should be in range 0-15"},
		{"redisPub", `{"channel":1}`, "read properties map[channel:1] fail with error: 1 error(s) decoding:\n\n* 'channel' expected type 'string', got unconvertible type 'float64', value: '1'"},
		{"redisPub", `{"channel":"c"}`, "without an address it is sent to redis on the machine of the engine"},
	}
	w := testSources.world(t, Need{Connects, "c", ""})
	for _, tt := range tests {
		got := ""
		if f := planned(t, fmt.Sprintf(`{"sql":"SELECT * FROM d","actions":[{%q:%s}]}`, tt.typ, tt.props), w); len(f) > 0 {
			got = f[0].Message
		}
		if got != tt.want {
			t.Errorf("%s %s\n got %s\nwant %s", tt.typ, tt.props, got, tt.want)
		}
	}
}

// pair returns a certificate and its key, each as a PEM text in base64.
func pair(t *testing.T) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	of := &x509.Certificate{SerialNumber: big.NewInt(1)}
	der, err := x509.CreateCertificate(rand.Reader, of, of, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	bare, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	text := func(typ string, der []byte) string {
		return base64.StdEncoding.EncodeToString(pem.EncodeToMemory(&pem.Block{Type: typ, Bytes: der}))
	}
	return text("CERTIFICATE", der), text("PRIVATE KEY", bare)
}
