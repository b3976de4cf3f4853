package resource

import (
	"cmp"
	"net/url"
	"strings"
)

// restProps are the properties of a rest sink besides those of TLS.
var restProps = []prop{
	{"url", aText}, {"method", aText}, {"body", aText}, {"bodyType", aText}, {"format", aText}, {"headers", textMap}, {"formData", textMap},
	{"fileFieldName", aText}, {"timeout", aDuration}, {"incremental", aFlag}, {"oauth", objectMap}, {"sendSingle", aFlag},
	{"responseType", aText}, {"compression", aText}, {"debugResp", aFlag},
}

// The properties of the two requests of OAuth.
var (
	accessProps  = []prop{{"url", aText}, {"body", aText}, {"expire", aText}, {"headers", textMap}}
	refreshProps = []prop{{"url", aText}, {"headers", textMap}, {"body", aText}}
)

var (
	httpMethods = set("GET", "POST", "PUT", "DELETE")
	bodyTypes   = set("none", "text", "json", "html", "xml", "javascript", "form", "binary", "formdata")
)

// bodyFormats are the formats that types of bodies must be written in.
var bodyFormats = map[string]string{"json": "json", "form": "urlencoded"}

func restSink(s *stage, d *decoding) {
	if !s.decoded(d, restProps, "fail to parse the properties: ") {
		return
	}
	address, method := d.text("url", "http://localhost"), strings.ToUpper(d.text("method", "get"))
	body := cmp.Or(d.text("bodyType", ""), "json")
	if method == "GET" { // without a type of its own it has no body
		body = cmp.Or(d.text("bodyType", ""), "none")
	}
	response := d.text("responseType", "code")
	switch {
	case address == "":
		s.refuse("url", "", "url is required")
	case !httpMethods[method]:
		s.refuse("method", didYouMean(method, names(httpMethods)), "Not supported HTTP method %s.", d.text("method", ""))
	case d.time("timeout", 0) < 0:
		s.refuse("timeout", "", "timeout must be greater than or equal to 0")
	case !bodyTypes[strings.ToLower(body)]:
		s.refuse("bodyType", didYouMean(body, names(bodyTypes)), "Invalid body type value %s.", body)
	case response != "code" && response != "body":
		s.refuse("responseType", "write code or body", "Invalid response type value %s.", response)
	case s.address("url", address) && s.oauth(d) && s.tls(d):
		s.bodyFormat(d, strings.ToLower(body))
	}
}

// bodyFormat judges whether the format is that of the type of bodies.
func (s *stage) bodyFormat(d *decoding, body string) {
	format := cmp.Or(d.text("format", ""), "json")
	if want, ok := bodyFormats[body]; ok && format != want {
		s.refuse("format", "", "format must be %s if bodyType is %s", want, body)
	}
}

// address judges the address of a web server and reports whether it is in order.
func (s *stage) address(prop, text string) bool {
	const hint = "an address begins with http:// or https://"
	u, err := url.ParseRequestURI(text)
	switch {
	case err != nil:
		s.refuse(prop, hint, "%v", err)
	case u.Scheme != "http" && u.Scheme != "https":
		s.refuse(prop, hint, "Invalid scheme %s", u.Scheme)
	case u.Host == "":
		s.refuse(prop, hint, "Invalid url, host not found")
	default:
		return true
	}
	return false
}

// oauth judges how a token is asked for, and reports whether that is in order.
func (s *stage) oauth(d *decoding) bool {
	v, _ := d.lookup("oauth")
	flow, ok := v.(map[string]any)
	if !ok {
		return true
	}
	access, ok := flow["access"]
	if !ok {
		s.refuse("oauth", "", "if setting oAuth, `access` property is required")
		return false
	}
	asked := object(access)
	if msg := asked.decode(accessProps); msg != "" {
		s.refuse("oauth", "", "fail to parse the access properties of oAuth: %s", msg)
		return false
	}
	if asked.text("url", "") == "" { // then all of it is ignored
		return true
	}
	if msg := object(flow["refresh"]).decode(refreshProps); msg != "" {
		s.refuse("oauth", "", "fail to parse the refresh token properties: %s", msg)
		return false
	}
	return true
}

// object returns the decoding of an object inside another; null is an empty one.
func object(v any) *decoding {
	props, _ := v.(map[string]any)
	return &decoding{props: props}
}
