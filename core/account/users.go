package account

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"sync"
	"time"

	"ekuiper-console/core"
)

// Users signs people in.
type Users struct {
	Store UserStore
	Now   func() time.Time // nil means time.Now

	setUp sync.Mutex // held while the first user is made
	once  sync.Once
	slots chan struct{} // one for each password that is hashed at a time
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

// stamp returns what a session keeps of a password's hash.
func stamp(hash string) string {
	sum := sha256.Sum256([]byte(hash))
	return hex.EncodeToString(sum[:8])
}

// ValidName reports whether a text can be the name of a user or token.
func ValidName(name string) bool { return namePattern.MatchString(name) }

var namePattern = regexp.MustCompile(`^[\p{L}\p{N}][\p{L}\p{N}._@-]{0,63}$`)

// decoy is compared with when there is no such user, so that a sign-in takes as long.
var decoy = sync.OnceValue(func() string { return hashPassword("nobody has this password") })

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
	return u.put(ctx, User{Name: name, Role: role, Created: now(u.Now)}, password)
}

// SetUp makes the first user, an admin. When there is a user already it is a
// Conflict error.
func (u *Users) SetUp(ctx context.Context, name, password string) (User, error) {
	u.setUp.Lock()
	defer u.setUp.Unlock()
	if users, err := u.Store.Users(ctx); err != nil || len(users) > 0 {
		if err == nil {
			err = core.Errorf(core.Conflict, "the console is set up already")
		}
		return User{}, err
	}
	if err := u.put(ctx, User{Name: name, Role: core.Admin, Created: now(u.Now)}, password); err != nil {
		return User{}, err
	}
	return u.User(ctx, name)
}

// SetPassword changes a user's password. Only an admin may, or the user.
func (u *Users) SetPassword(ctx context.Context, by core.Caller, name, password string) error {
	if by.Name != name || by.Role == core.Nobody {
		if err := by.Require(core.Admin); err != nil {
			return err
		}
	}
	user, _, err := u.Store.User(ctx, name)
	if err != nil {
		return err
	}
	return u.put(ctx, user, password)
}

func (u *Users) put(ctx context.Context, user User, password string) error {
	if !ValidName(user.Name) {
		return core.Errorf(core.Invalid, "%q is not a user name: use up to 64 letters, digits and . _ @ -, beginning with a letter or digit", user.Name)
	}
	if err := checkPassword(password); err != nil {
		return err
	}
	return u.Store.PutUser(ctx, user, hashPassword(password))
}

// SignIn returns who a name and a password are. Any mismatch is one and the same
// Unauthenticated error.
func (u *Users) SignIn(ctx context.Context, name, password string) (User, error) {
	user, hash, err := u.Store.User(ctx, name)
	known := err == nil
	if !known {
		if core.CodeOf(err) != core.NotFound {
			return User{}, err
		}
		hash = decoy()
	}
	done, err := u.turn(ctx)
	if err != nil {
		return User{}, err
	}
	defer done()
	if !matches(password, hash) || !known {
		return User{}, core.Errorf(core.Unauthenticated, "the user name or the password is wrong")
	}
	user.Stamp = stamp(hash)
	return user, nil
}

// User returns a user, or a NotFound error.
func (u *Users) User(ctx context.Context, name string) (User, error) {
	user, hash, err := u.Store.User(ctx, name)
	user.Stamp = stamp(hash)
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
