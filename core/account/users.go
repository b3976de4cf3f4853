package account

import (
	"context"
	"regexp"
	"sync"
	"time"

	"ekuiper-console/core"
	"ekuiper-console/core/audit"
)

// Users signs people in and keeps their accounts.
type Users struct {
	Store UserStore
	Audit Recorder         // told of sign-ins that are refused
	Guard Guard            // slows down who guesses passwords
	Now   func() time.Time // nil means time.Now

	setUp sync.Mutex // held while the first user is made
	once  sync.Once
	slots chan struct{} // one for each password that is hashed at a time
}

// Recorder writes down what changes nothing in the store.
type Recorder interface {
	// Record writes an event.
	Record(ctx context.Context, e audit.Event) error
}

// parallelHashes bounds how many passwords are hashed at a time, since each takes
// memory; waiting bounds how long a sign-in waits for its turn.
const (
	parallelHashes = 4
	waiting        = 10 * time.Second
)

// turn waits for a slot. The function it returns gives the slot back.
func (u *Users) turn(ctx context.Context) (done func(), err error) {
	u.once.Do(func() { u.slots = make(chan struct{}, parallelHashes) })
	ctx, cancel := context.WithTimeout(ctx, waiting)
	defer cancel()
	select {
	case u.slots <- struct{}{}:
		return func() { <-u.slots }, nil
	case <-ctx.Done():
		return nil, core.WithHint(core.Errorf(core.Busy, "too many are signing in"), "try again in a moment")
	}
}

// ValidName reports whether a text can be the name of a user or token.
func ValidName(name string) bool { return namePattern.MatchString(name) }

var namePattern = regexp.MustCompile(`^[\p{L}\p{N}][\p{L}\p{N}._@-]{0,63}$`)

// Add makes a user. Only an admin may. A name that is taken is a Conflict error.
func (u *Users) Add(ctx context.Context, by core.Caller, name string, role core.Role, password string) error {
	if err := by.Require(core.Admin); err != nil {
		return err
	}
	if _, _, err := u.Store.User(ctx, name); err == nil {
		return core.Errorf(core.Conflict, "there is a user %s already", name)
	} else if core.CodeOf(err) != core.NotFound {
		return err
	}
	did := u.did(by, audit.UserAdd, name).Saying(role.String())
	return u.put(ctx, User{Name: name, Role: role, Created: now(u.Now)}, password, did)
}

// SetUp makes the first user, an admin. When there is a user already it is a
// Conflict error.
func (u *Users) SetUp(ctx context.Context, by core.Caller, name, password string) (User, error) {
	u.setUp.Lock()
	defer u.setUp.Unlock()
	if users, err := u.Store.Users(ctx); err != nil || len(users) > 0 {
		if err == nil {
			err = core.Errorf(core.Conflict, "the console is set up already")
		}
		return User{}, err
	}
	user := User{Name: name, Role: core.Admin, Created: now(u.Now)}
	return user, u.put(ctx, user, password, u.did(by, audit.SetUp, name))
}

// SetRole gives a user another role. Only an admin may. The last admin stays one: that
// is a Conflict error.
func (u *Users) SetRole(ctx context.Context, by core.Caller, name string, role core.Role) error {
	if err := by.Require(core.Admin); err != nil {
		return err
	}
	user, hash, err := u.Store.User(ctx, name)
	if err != nil || user.Role == role {
		return err
	}
	did := u.did(by, audit.UserRole, name).Saying(user.Role.String() + " to " + role.String())
	user.Role = role
	return u.Store.PutUser(ctx, user, hash, did)
}

// SetPassword gives a user another password. Only an admin may.
func (u *Users) SetPassword(ctx context.Context, by core.Caller, name, password string) error {
	if err := by.Require(core.Admin); err != nil {
		return err
	}
	user, _, err := u.Store.User(ctx, name)
	if err != nil {
		return err
	}
	return u.put(ctx, user, password, u.did(by, audit.UserPassword, name))
}

// Remove takes a user out. Only an admin may. The last admin stays: that is a Conflict
// error.
func (u *Users) Remove(ctx context.Context, by core.Caller, name string) error {
	if err := by.Require(core.Admin); err != nil {
		return err
	}
	return u.Store.DeleteUser(ctx, name, u.did(by, audit.UserRemove, name))
}

// put checks and stores a user with a new password.
func (u *Users) put(ctx context.Context, user User, password string, did audit.Event) error {
	if !ValidName(user.Name) {
		return core.Errorf(core.Invalid, "%q is not a user name: use up to 64 letters, digits and . _ @ -, beginning with a letter or digit", user.Name)
	}
	if user.Role == core.Nobody {
		return core.Errorf(core.Invalid, "%s needs a role: viewer, operator or admin", user.Name)
	}
	if err := checkPassword(user.Name, password); err != nil {
		return err
	}
	return u.Store.PutUser(ctx, user, hashPassword(password), did)
}

func (u *Users) did(by core.Caller, a audit.Action, name string) audit.Event {
	return audit.New(now(u.Now), by, a, name)
}

// User returns a user, or a NotFound error. Only an admin may.
func (u *Users) User(ctx context.Context, by core.Caller, name string) (User, error) {
	if err := by.Require(core.Admin); err != nil {
		return User{}, err
	}
	user, _, err := u.Store.User(ctx, name)
	return user, err
}

// List returns all users by name. Only an admin may.
func (u *Users) List(ctx context.Context, by core.Caller) ([]User, error) {
	if err := by.Require(core.Admin); err != nil {
		return nil, err
	}
	return u.Store.Users(ctx)
}

// Any reports whether there is a user at all.
func (u *Users) Any(ctx context.Context) (bool, error) {
	users, err := u.Store.Users(ctx)
	return len(users) > 0, err
}

func now(clock func() time.Time) time.Time {
	if clock == nil {
		return time.Now()
	}
	return clock()
}
