package resource

import (
	"crypto/tls"
	"encoding/base64"
	"net/url"
	"strings"
)

// The properties of an mqtt sink, in the order in which the engine reads them.
var (
	mqttConnection = []prop{
		{"server", aText}, {"protocolVersion", aText}, {"clientid", aText}, {"username", aText}, {"password", aText}, {"enableClientSession", aFlag},
	}
	mqttSession = []prop{{"clientStatePath", aText}} // of version 5 only
	mqttMessage = []prop{{"topic", aText}, {"qos", aByte}, {"retained", aFlag}, {"connectionSelector", aText}, {"properties", textMap}}
)

func mqttSink(s *stage, d *decoding) {
	const hint = `give the broker's address under "server"`
	version, server := d.text("protocolVersion", "3.1.1"), d.text("server", "")
	switch version {
	case "3.1", "3.1.1", "4", "5":
	default:
		s.refuse("protocolVersion", "write 3.1, 3.1.1 or 5", "unsupported protocol version %s", version)
		return
	}
	if server == "" && !s.connected(d, hint, "missing server property") {
		s.refuse("", hint, "missing server property")
		return
	}
	if version == "5" && !s.mqttSession(d, server) || !s.tls(d) || !s.decoded(d, mqttMessage, "") {
		return
	}
	qos := d.number("qos", 0) & 0xff
	switch topic := d.text("topic", ""); {
	case topic == "":
		s.refuse("", `give it a "topic"`, "mqtt sink is missing property topic")
	case strings.ContainsAny(topic, "#+"):
		s.refuse("topic", "a client publishes to one topic", "mqtt sink topic shouldn't contain # or +")
	case qos > 2:
		s.refuse("qos", "", "invalid qos value %d, the value could be only int 0 or 1 or 2", qos)
	}
}

// mqttSession judges what only a client of version 5 has, and reports whether it is in order.
func (s *stage) mqttSession(d *decoding, server string) bool {
	if !s.decoded(d, mqttSession, "") {
		return false
	}
	if _, err := url.Parse(server); err != nil {
		s.refuse("server", "an address is such as tcp://127.0.0.1:1883", "%v", err)
		return false
	}
	if d.flag("enableClientSession") && d.text("clientStatePath", "") == "" {
		s.refuse("enableClientSession", `give a folder under "clientStatePath"`, "missing client state path")
		return false
	}
	return true
}

// connected reports whether the properties name a connection, which then has the address. It stages the
// refusal for the case that there is no such connection.
func (s *stage) connected(d *decoding, hint, msg string) bool {
	selector := d.text("connectionSelector", "")
	if selector != "" {
		s.need("connectionSelector", Need{Connects, connectionID(selector), ""}, hint, "%s", msg)
	}
	return selector != ""
}

// tlsProps are the properties of a connection over TLS.
var tlsProps = []prop{
	{"certificationPath", aText}, {"privateKeyPath", aText}, {"rootCaPath", aText}, {"insecureSkipVerify", aFlag}, {"tls", aText}, {"decrypt", anObject},
	{"tlsMinVersion", aText}, {"renegotiationSupport", aText}, {"certificationRaw", aText}, {"privateKeyRaw", aText}, {"rootCARaw", aText},
}

// tls judges the properties of a connection over TLS and reports whether they are in order. What stands
// in files is for the engine to judge.
func (s *stage) tls(d *decoding) bool {
	if !s.decoded(d, tlsProps, "") {
		return false
	}
	cert, key := d.text("certificationPath", ""), d.text("privateKeyPath", "")
	if !d.flag("insecureSkipVerify") && cert == "" && key == "" && d.text("rootCaPath", "") == "" &&
		d.text("certificationRaw", "") == "" && d.text("privateKeyRaw", "") == "" && d.text("rootCARaw", "") == "" {
		return true
	}
	raw := map[string][]byte{}
	for _, name := range []string{"rootCARaw", "certificationRaw", "privateKeyRaw"} {
		var err error
		if raw[name], err = base64.StdEncoding.DecodeString(d.text(name, "")); err != nil {
			s.refuse(name, "write it in base64", "%v", err)
			return false
		}
	}
	if typ := d.text("tls", ""); typ != "" {
		if typ != "default" {
			s.refuse("tls", `write "default" or leave it out`, "unknown tls configuration type: %s", typ)
		}
		return typ == "default"
	}
	return s.keyPair(d, cert, key, raw)
}

// keyPair judges the certificate of a client and its key: by their paths only whether both are given.
func (s *stage) keyPair(d *decoding, cert, key string, raw map[string][]byte) bool {
	encrypted, _ := d.lookup("decrypt")
	switch {
	case cert != "" && key != "" || encrypted != nil:
		return true
	case cert != "" || key != "":
		s.refuse("", `give both "certificationPath" and "privateKeyPath"`, "tls: failed to find any PEM data in certificate input")
		return false
	case len(raw["certificationRaw"])+len(raw["privateKeyRaw"]) == 0:
		return true
	}
	if _, err := tls.X509KeyPair(raw["certificationRaw"], raw["privateKeyRaw"]); err != nil {
		s.refuse("", `give both "certificationRaw" and "privateKeyRaw", each a PEM text in base64`, "%v", err)
		return false
	}
	return true
}
