package account

import (
	"context"
	"sync"

	"ekuiper-console/core"
	"ekuiper-console/core/audit"
)

// decoy is compared with when there is no such user, so that a sign-in takes as long.
var decoy = sync.OnceValue(func() string { return hashPassword("nobody has this password") })

// errWrong is any mismatch of a name and a password.
var errWrong = core.Errorf(core.Unauthenticated, "the user name or the password is wrong")

// SignIn returns who a name and a password are. Any mismatch is one and the same
// Unauthenticated error. After too many, for the name or from the address of by, it is
// a Limited error that wraps a *WaitError.
func (u *Users) SignIn(ctx context.Context, by core.Caller, name, password string) (User, error) {
	user, err := u.verify(ctx, by, name, password)
	if code := core.CodeOf(err); err == nil || code != core.Unauthenticated && code != core.Limited {
		return user, err
	}
	// The name of somebody unknown is not kept: it may be a password in the wrong field.
	e := u.did(by, audit.SignInRefused, user.Name).Ending(audit.Denied)
	if core.CodeOf(err) == core.Limited {
		e.Detail = "too many attempts"
	}
	return User{}, orFailed(u.Audit.Record(ctx, e), err)
}

// ChangePassword gives the caller another password, against the present one, and
// returns who they are. Wrong present passwords are refused and slowed down as sign-ins
// are.
func (u *Users) ChangePassword(ctx context.Context, by core.Caller, present, password string) (User, error) {
	user, err := u.SignIn(ctx, by, by.Name, present)
	if err != nil {
		return User{}, err
	}
	return user, u.put(ctx, user, password, u.did(by, audit.UserPassword, user.Name))
}

// verify compares a password. With its error comes the user whose name was given, the
// zero User where there is none.
func (u *Users) verify(ctx context.Context, by core.Caller, name, password string) (User, error) {
	user, hash, err := u.Store.User(ctx, name)
	known := err == nil
	if !known {
		if core.CodeOf(err) != core.NotFound {
			return User{}, err
		}
		user, hash = User{}, decoy()
	}
	who, where := key("user", name), key("address", by.Addr)
	if err := u.Guard.try(who, where); err != nil {
		return user, err
	}
	done, err := u.turn(ctx)
	if err != nil {
		u.Guard.undo(who, where)
		return user, err
	}
	defer done()
	if !matches(password, hash) || !known {
		return user, errWrong
	}
	u.Guard.undo(where)
	u.Guard.forget(who)
	return user, nil
}

// key is what attempts have in common; empty for what none can have.
func key(what, value string) string {
	if value == "" || len(value) > 256 {
		return ""
	}
	return what + " " + value
}
