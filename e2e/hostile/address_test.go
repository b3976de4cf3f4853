package hostile

// fetched is an import of the bundle at an address, which must not be asked for.
func fetched(address, want string) hostile {
	return hostile{address, post("/data/import?partial=1", marshal(map[string]string{"file": address})), "400 (?s:.*)(" + want + ")"}
}

// What a refusal says: that an address is private, no address, no file of those that may be
// read, or of a scheme that is not read at all.
const (
	private = "internal network"
	unread  = private + "|no such host"
	none    = unread + "|invalid|parse|unsupported"
	outside = "not allowed|outside|host|no such file|not a regular|Invalid|invalid|denied"
	unknown = "unsupported url scheme|unsupported|invalid|parse"
)

// inAddresses are the forms in which an address that leads inside may be written. The
// server that listens there must not be reached.
var inAddresses = []hostile{
	fetched("http://127.0.0.1:{port}/", private),
	fetched("http://localhost:{port}/", private),
	fetched("http://LOCALHOST:{port}/", private),
	fetched("http://localhost.:{port}/", unread),
	fetched("http://a.localhost:{port}/", unread),
	fetched("http://127.0.0.1.:{port}/", unread),
	fetched("http://127.1:{port}/", unread),
	fetched("http://127.0.1:{port}/", unread),
	fetched("http://2130706433:{port}/", unread),
	fetched("http://017700000001:{port}/", unread),
	fetched("http://0177.0.0.1:{port}/", unread),
	fetched("http://0x7f000001:{port}/", unread),
	fetched("http://0x7f.0x0.0x0.0x1:{port}/", unread),
	fetched("http://0X7F.1:{port}/", unread),
	fetched("http://127.0.0.1%00.example:{port}/", none),
	fetched("http://①②⑦.0.0.1:{port}/", none+"|lookup|no such host"),
	fetched("http://127。0。0。1:{port}/", none+"|lookup|no such host"),
	fetched("http://0:{port}/", unread),
	fetched("http://0.0.0.0:{port}/", private),
	fetched("http://[::]:{port}/", private),
	fetched("http://[::1]:{port}/", private),
	fetched("http://[0:0:0:0:0:0:0:1]:{port}/", private),
	fetched("http://[::ffff:127.0.0.1]:{port}/", private),
	fetched("http://[::ffff:7f00:1]:{port}/", private),
	fetched("http://[::127.0.0.1]:{port}/", private),
	fetched("http://[64:ff9b::7f00:1]:{port}/", private),
	fetched("http://[2002:7f00:1::]:{port}/", private),
	fetched("http://[::1%25lo]:{port}/", private),
	fetched("http://[fe80::1%25eth0]:{port}/", private),
	fetched("http://[fd00::1]/", private),
	fetched("http://10.0.0.1/", private),
	fetched("http://172.16.0.1/", private),
	fetched("http://192.168.0.1/", private),
	fetched("http://100.64.0.1/", private),
	fetched("http://169.254.169.254/latest/meta-data/", private),
	fetched("http://[fd00:ec2::254]/latest/meta-data/", private),
	fetched("http://255.255.255.255/", private),
	fetched("http://224.0.0.1/", private),
	fetched("http://public.example@127.0.0.1:{port}/", private),
	fetched("http://public.example:80@127.0.0.1:{port}/", private),
	fetched(`http://public.example\@127.0.0.1:{port}/`, none),
	fetched("http://127.0.0.1:{port}#@public.example/", none),
	fetched("http://127.0.0.1:{port}?@public.example/", private),
	fetched("http://127.0.0.1:{port}/\r\nX-One: a", none),
	fetched("http://127.0.0.1:{port}\r\n/", none),
	fetched(" http://127.0.0.1:{port}/", none+"|scheme"),
	fetched("http:127.0.0.1:{port}/", none+"|no Host|host"),
	fetched("http:///127.0.0.1:{port}/", none+"|no Host|host"),
	fetched("http://[::1:{port}/", none),
	fetched("http://127.0.0.1:99999/", none+"|port"),
	fetched("HTTP://127.0.0.1:{port}/", private),
	fetched("https://127.0.0.1:{port}/", private),
	fetched("file:///etc/passwd", outside),
	fetched("file:///etc/../etc/passwd", outside),
	fetched("file:///proc/self/environ", outside),
	fetched("file:///dev/zero", outside),
	fetched("file://localhost/etc/passwd", outside),
	fetched("file://127.0.0.1/etc/passwd", outside),
	fetched("file://evil.example/share", outside),
	fetched("file:etc/passwd", outside),
	fetched("file:///{home}/data/console.db", outside),
	fetched("file://{home}/data/console.db", outside),
	fetched("file://{home}/data/uploads/../console.db", outside),
	fetched("file://{home}/data/uploads/%2e%2e/console.db", outside),
	fetched("file://{home}/data/uploads", outside),
	fetched("file:///etc/passwd%00.json", outside),
	fetched("/etc/passwd", unknown+"|scheme"),
	fetched("ftp://127.0.0.1:{port}/", unknown),
	fetched("gopher://127.0.0.1:{port}/_GET", unknown),
	fetched("dict://127.0.0.1:{port}/", unknown),
	fetched("jar:http://127.0.0.1:{port}/!/", unknown),
	fetched("unix:///var/run/docker.sock", unknown),
	fetched("javascript:alert(1)", unknown),
	fetched("data:application/json,{}", unknown),
	{"a plugin inside", entry("portablePlugins", "p", `{"name":"p","file":"http://127.0.0.1:{port}/p.zip"}`), "400"},
	{"a schema inside", entry("Schema", "protobuf_p", `{"name":"p","type":"protobuf","file":"http://0x7f000001:{port}/p.proto"}`), "400"},
	{"an upload inside", entry("uploads", "p", `{"name":"p","file":"http://[::ffff:127.0.0.1]:{port}/p"}`), "400"},
	{"an upload of a file", entry("uploads", "p", `{"name":"p","file":"file:///etc/passwd"}`), "400"},
	{"a service inside", entry("Service", "p", `{"name":"p","file":"http://2130706433:{port}/p.zip"}`), "400"},
	{"an address inside for a page", form("/ui/import", "address", "http://127.0.0.1:{port}/"), "400"},
	{"a file for a page", form("/ui/import", "address", "file:///etc/passwd"), "400"},
	{"an address inside for v1", post("/api/v1/plan", `{"file":"http://127.0.0.1:{port}/","mode":"full"}`), "400"},
	{"an address inside for YAML", post("/v2/data/import", `{"file":"http://127.0.0.1:{port}/"}`), "400"},
	{"an address inside for a ruleset", post("/ruleset/import", `{"file":"http://127.0.0.1:{port}/"}`), "400"},
}
