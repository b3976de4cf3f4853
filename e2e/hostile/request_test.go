package hostile

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// request is one request as it goes over the wire. Words in braces stand for what is
// known only when the console runs; see world.fill.
type request struct {
	line   string   // method, target and version
	header []string // in order
	body   payload
	whole  string // in place of all that: the bytes themselves
	cut    bool   // whether the client goes away after the last byte
}

// payload is a body: a text, or a large one that is made while it is sent.
type payload struct {
	text string
	size int
	read func() io.Reader
}

// text is a body of a few bytes, with words in braces.
func text(s string) payload { return payload{text: s} }

// swollen is a body with a part that comes over and over.
func swollen(before, again string, times int, after string) payload {
	return payload{size: len(before) + len(again)*times + len(after), read: func() io.Reader {
		return io.MultiReader(strings.NewReader(before), &repeated{part: again, left: times}, strings.NewReader(after))
	}}
}

// repeated reads a text a number of times.
type repeated struct {
	part string
	left int
	rest []byte
}

// Read reads on.
func (r *repeated) Read(p []byte) (int, error) {
	if len(r.rest) == 0 {
		n := min(r.left, max(1, (64<<10)/len(r.part)))
		if n == 0 {
			return 0, io.EOF
		}
		r.left -= n
		r.rest = bytes.Repeat([]byte(r.part), n)
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

// call is a request of a caller of the REST API.
func call(method, target string, body payload) request {
	r := request{line: method + " " + target + " HTTP/1.1", header: []string{"Host: {host}", "Connection: close", "Authorization: Bearer {token}"}, body: body}
	if method != "GET" {
		r = r.with("Content-Type: application/json").with("Content-Length: {length}")
	}
	return r
}

func get(target string) request             { return call("GET", target, payload{}) }
func post(target, body string) request      { return call("POST", target, text(body)) }
func send(target string, b payload) request { return call("POST", target, b) }
func page(target string) request {
	return get(target).without("Authorization").with("Cookie: {cookie}")
}
func form(target string, f ...string) request { return filled(target, text(encoded(f))) }

// encoded writes the fields of a form, given as names and values.
func encoded(fields []string) string {
	values := url.Values{}
	for i := 0; i+1 < len(fields); i += 2 {
		values.Add(fields[i], fields[i+1])
	}
	return values.Encode()
}

// filled is a form of somebody who is signed in.
func filled(target string, body payload) request {
	return send(target, body).without("Authorization").with("Cookie: {cookie}").with("Content-Type: application/x-www-form-urlencoded")
}

// wire is a request line by line, with nothing added.
func wire(lines ...string) request { return request{whole: strings.Join(lines, "\r\n")} }

// with sets a header, in place of one of the same name.
func (r request) with(line string) request {
	name, _, _ := strings.Cut(line, ":")
	r = r.without(name)
	r.header = append(r.header, line)
	return r
}

// also adds a header to others of the same name.
func (r request) also(line string) request {
	r.header = append(append([]string(nil), r.header...), line)
	return r
}

// without takes a header out.
func (r request) without(name string) request {
	var rest []string
	for _, line := range r.header {
		if has, _, _ := strings.Cut(line, ":"); !strings.EqualFold(has, name) {
			rest = append(rest, line)
		}
	}
	r.header = rest
	return r
}

// gone is a request whose client goes away.
func (r request) gone() request {
	r.cut = true
	return r
}

// answer is what the console says. A status of 0 means that it closed the connection.
type answer struct {
	status int
	header http.Header
	body   string
}

// String tells an answer in one line: the status, where it leads, the body.
func (a answer) String() string {
	return strings.Join(strings.Fields(fmt.Sprintf("%d %s %s", a.status, a.header.Get("Location"), a.body)), " ")
}

// patience is how long an answer is waited for.
const patience = 60 * time.Second

// exchange sends a request to a console and returns its first answer.
func exchange(host string, fill *strings.Replacer, r request) (answer, error) {
	conn, err := net.Dial("tcp", host)
	if err != nil {
		return answer{}, err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return answer{}, err
	}
	go r.write(conn.(*net.TCPConn), fill)
	method, _, _ := strings.Cut(r.line+r.whole, " ")
	resp, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: method})
	if err, ok := err.(net.Error); ok && err.Timeout() {
		return answer{}, fmt.Errorf("there is no answer after %v", patience)
	}
	if err != nil {
		return answer{header: http.Header{}}, nil
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(io.LimitReader(resp.Body, 16<<20)) // what comes before it breaks off counts
	return answer{resp.StatusCode, resp.Header, string(body)}, nil
}

// write sends a request as far as the console takes it.
func (r request) write(conn *net.TCPConn, fill *strings.Replacer) {
	body, length := fill.Replace(r.body.text), r.body.size
	if r.body.read == nil {
		length = len(body)
	}
	out := bufio.NewWriterSize(conn, 64<<10)
	out.WriteString(fill.Replace(r.whole))
	if r.whole == "" {
		head := fill.Replace(strings.Join(append([]string{r.line}, r.header...), "\r\n"))
		out.WriteString(strings.ReplaceAll(head, "{length}", fmt.Sprint(length)) + "\r\n\r\n" + body)
	}
	if r.body.read != nil {
		_, _ = io.Copy(out, r.body.read()) // the console may have had enough
	}
	_ = out.Flush()
	if r.cut {
		_ = conn.CloseWrite()
	}
}
