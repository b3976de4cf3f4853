package node

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"time"

	"ekuiper-console/core"
)

// State is how a node is doing.
type State string

// The states.
const (
	Unknown      State = "unknown" // nobody has asked yet
	Online       State = "online"
	Unauthorised State = "unauthorised" // it does not take the credentials
	Unreachable  State = "unreachable"
	Incompatible State = "incompatible" // what answers is no eKuiper that can be worked with
)

// Trouble is why a node cannot be worked with. It is wrapped in a core.Error with the
// code Unreachable.
type Trouble struct {
	Node   string
	State  State
	Reason string // in a few words, without the address or any secret
}

// Error names the node, the state and the reason.
func (t *Trouble) Error() string { return fmt.Sprintf("node %s is %s: %s", t.Node, t.State, t.Reason) }

// hints say what to do about a state.
var hints = map[State]string{
	Unauthorised: "look at the credentials of the node",
	Unreachable:  "look whether the node runs, and at its address",
	Incompatible: "look whether the address is that of eKuiper's REST API",
}

func trouble(node string, s State, format string, args ...any) error {
	t := &Trouble{Node: node, State: s, Reason: fmt.Sprintf(format, args...)}
	return core.WithHint(core.Errorf(core.Unreachable, "%w", t), hints[s])
}

// StateOf returns the state that an error of a client tells of; Online for none, and for
// an error that is not about the node.
func StateOf(err error) (s State, reason string) {
	if t, ok := errors.AsType[*Trouble](err); ok {
		return t.State, t.Reason
	}
	return Online, ""
}

// Refusal is what a node says that it will not do. It is wrapped in an Invalid error.
type Refusal struct {
	Node    string
	Status  int // of HTTP
	Message string
}

// Error names the node and what it says.
func (r *Refusal) Error() string { return fmt.Sprintf("node %s says: %s", r.Node, r.Message) }

// unanswered returns the error of a request that got no answer. Where it is the caller
// who has gone, it is a Cancelled error.
func unanswered(ctx context.Context, node string, within time.Duration, err error) error {
	if ctx.Err() != nil {
		return core.Errorf(core.Cancelled, "asking %s: %w", node, context.Cause(ctx))
	}
	if late, ok := errors.AsType[net.Error](err); ok && late.Timeout() {
		return trouble(node, Unreachable, "no answer within %v", within)
	}
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err // without the address
	}
	return trouble(node, Unreachable, "%v", err)
}
