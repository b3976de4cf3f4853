// Package node is about eKuiper nodes that run elsewhere: what is registered of them, how
// they are spoken to, and what of them is believed. Nothing that a node was told to do
// counts as done before it was read back.
package node

import (
	"crypto/x509"
	"maps"
	"net/url"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"ekuiper-console/core"
	"ekuiper-console/core/secret"
)

// Node is what is registered of a node.
type Node struct {
	Name      string            `json:"name"`
	URL       string            `json:"url"` // of its REST API, without a slash at the end
	Labels    map[string]string `json:"labels"`
	Auth      Auth              `json:"auth"`
	CA        string            `json:"ca,omitempty"` // certificates to trust besides the system's, in PEM
	Variables map[string]string `json:"variables"`
	Created   time.Time         `json:"created"`
	Version   string            `json:"version"` // tells it from what was registered before

	Artifacts  Artifacts `json:"artifacts"`             // who reads the files that entries name
	ConsoleURL string    `json:"console_url,omitempty"` // under which it reaches the console; empty for the usual address

	Pulled time.Time `json:"pulled,omitzero"` // when it was last read; zero for never

	identity string // tells it from what was registered under its name before
}

// Limits of what is registered.
const (
	maxPairs = 200      // labels, and variables
	maxValue = 16 << 10 // bytes of a value
	maxPEM   = 64 << 10 // bytes of a key, or of certificates
)

var (
	namePattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$`)
	keyPattern  = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$`)
)

// Check returns an Invalid error for a node that cannot be registered, and brings its
// address into the form in which it is kept.
func (n *Node) Check() error {
	switch {
	case !namePattern.MatchString(n.Name):
		return core.Errorf(core.Invalid, "%q is not a name of a node: use up to 63 letters, digits and . _ -, beginning with a letter or digit", n.Name)
	case n.Name == core.Local:
		return core.Errorf(core.Invalid, "%s is the node in the console itself", n.Name)
	}
	for what, pairs := range map[string]map[string]string{"label": n.Labels, "variable": n.Variables} {
		if err := checkPairs(what, pairs); err != nil {
			return err
		}
	}
	for name, value := range n.Variables {
		if strings.Contains(value, secret.Dots) {
			return core.WithHint(core.Errorf(core.Invalid, "the variable %s is masked, and there is no value to keep", name), "write the value in place of the dots")
		}
	}
	if err := n.checkURL(); err != nil {
		return err
	}
	if err := n.checkArtifacts(); err != nil {
		return err
	}
	if len(n.CA) > maxPEM || n.CA != "" && !x509.NewCertPool().AppendCertsFromPEM([]byte(n.CA)) {
		return core.WithHint(core.Errorf(core.Invalid, "the CA file holds no certificate"), "it takes certificates in PEM, which begin with -----BEGIN CERTIFICATE-----")
	}
	return n.Auth.check()
}

// checkArtifacts refuses who cannot read files, and an address that is none of a console.
func (n *Node) checkArtifacts() error {
	switch n.Artifacts {
	case "":
		n.Artifacts = ByNode
	case ByNode, ByConsole:
	default:
		return core.Errorf(core.Invalid, "%q does not read files: use node or console", n.Artifacts)
	}
	if n.ConsoleURL == "" {
		return nil
	}
	clean, err := CheckConsoleURL(n.ConsoleURL)
	n.ConsoleURL = clean
	return err
}

// CheckConsoleURL returns the address of a console without a slash at the end, or an Invalid
// error.
func CheckConsoleURL(address string) (string, error) {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return "", core.WithHint(core.Errorf(core.Invalid, "%q is no address of a console", address), "write https://console:9082")
	}
	return strings.TrimRight(u.String(), "/"), nil
}

// values returns the values of the variables, and of the labels where no variable has the
// same name.
func (n *Node) values() map[string]string {
	values := maps.Clone(n.Labels)
	maps.Copy(values, n.Variables)
	return values
}

func (n *Node) checkURL() error {
	const hint = "write http://host:9081"
	u, err := url.Parse(strings.TrimSpace(n.URL))
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "":
		return core.WithHint(core.Errorf(core.Invalid, "%q is no address of a node", n.URL), hint)
	case u.User != nil:
		return core.WithHint(core.Errorf(core.Invalid, "the address of a node holds no password"), "give it as a token")
	case u.RawQuery != "" || u.Fragment != "":
		return core.WithHint(core.Errorf(core.Invalid, "%q has more than an address", n.URL), hint)
	}
	n.URL = strings.TrimRight(u.String(), "/")
	return nil
}

func checkPairs(what string, pairs map[string]string) error {
	if len(pairs) > maxPairs {
		return core.Errorf(core.Invalid, "a node has at most %d labels, and as many variables", maxPairs)
	}
	for key, value := range pairs {
		if !keyPattern.MatchString(key) || len(value) > maxValue {
			return core.Errorf(core.Invalid, "the %s %q is not understood: use letters, digits and . _ - for its name", what, key)
		}
		if !utf8.ValidString(value) {
			return core.Errorf(core.Invalid, "the value of the %s %s is not UTF-8", what, key)
		}
	}
	return nil
}
