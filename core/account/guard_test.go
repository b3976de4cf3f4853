package account

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"ekuiper-console/core"
)

// wait returns how long an error says to wait; 0 for no error.
func wait(t *testing.T, err error) time.Duration {
	t.Helper()
	if err == nil {
		return 0
	}
	w, ok := errors.AsType[*WaitError](err)
	if !ok || core.CodeOf(err) != core.Limited {
		t.Fatalf("%v is no error that says how long to wait", err)
	}
	return w.For
}

func TestGuard(t *testing.T) {
	c := newClock()
	g := &Guard{Now: c.now}
	for i := range freeTries {
		if w := wait(t, g.try("user ada", "")); w != 0 {
			t.Errorf("attempt %d waits %v", i+1, w)
		}
	}
	for i, want := range []time.Duration{2, 4, 8, 16, 32, 64, 128, 256, 300, 300} {
		want *= time.Second
		for range 3 { // asking early makes it no longer
			if w := wait(t, g.try("user ada", "address x")); w != want {
				t.Errorf("attempt %d waits %v, want %v", freeTries+i+1, w, want)
			}
		}
		if w := wait(t, g.try("user eve", "")); i == 0 && w != 0 {
			t.Errorf("another name waits %v", w)
		}
		c.advance(want)
		if w := wait(t, g.try("user ada")); w != 0 {
			t.Errorf("after %v it still waits %v", want, w)
		}
	}
	c.advance(memory + time.Second)
	for i := range freeTries {
		if w := wait(t, g.try("user ada")); w != 0 {
			t.Errorf("a quarter of an hour later attempt %d waits %v", i+1, w)
		}
	}
	g.forget("user ada")
	if w := wait(t, g.try("user ada")); w != 0 {
		t.Errorf("after a success the next waits %v", w)
	}
}

func TestGuardMemory(t *testing.T) {
	c := newClock()
	g := &Guard{Now: c.now}
	for i := range maxTries + 500 {
		c.advance(time.Millisecond)
		wait(t, g.try(fmt.Sprint("user ", i)))
	}
	if n := len(g.tries); n != maxTries {
		t.Errorf("%d keys are remembered", n)
	}
	if _, ok := g.tries["user 0"]; ok {
		t.Error("the oldest was kept")
	}
}

// One who has an account gets no free guesses at another's by signing in between.
func TestSignInBackOff(t *testing.T) {
	store, c := newShelf(), newClock()
	u := &Users{Store: store, Audit: store, Now: c.now, Guard: Guard{Now: c.now}}
	for _, name := range []string{"ada", "eve"} {
		code(t, "Add", u.Add(ctx, admin, name, core.Viewer, good), "ok")
	}
	store.told()
	here, there := core.Caller{Addr: "192.0.2.1"}, core.Caller{Addr: "192.0.2.2"}
	signIn := func(by core.Caller, name, password, want string) {
		t.Helper()
		_, err := u.SignIn(ctx, by, name, password)
		code(t, fmt.Sprintf("SignIn(%s) from %s", name, by.Addr), err, want)
	}
	for range freeTries {
		signIn(here, "eve", good, "ok")
		signIn(here, "ada", "wrong", "unauthenticated")
	}
	signIn(here, "eve", good, "limited")
	signIn(there, "ada", good, "limited")
	signIn(there, "eve", good, "ok")
	if n := len(store.events); n != freeTries+2 {
		t.Errorf("the log has %s", store.told())
	}
	c.advance(firstWait)
	signIn(there, "ada", good, "ok")
	signIn(there, "ada", "wrong", "unauthenticated")
	code(t, "ChangePassword by guessing", fails(u.ChangePassword(ctx, core.Caller{Name: "ada", Role: core.Viewer}, "guess", good)), "unauthenticated")
}

// A good token passes whoever guesses beside it.
func TestTokenBackOff(t *testing.T) {
	store, c := newShelf(), newClock()
	tokens := &Tokens{Store: store, Audit: store, Now: c.now, Guard: Guard{Now: c.now}}
	_, secret, err := tokens.Add(ctx, admin, Token{Name: "ci", Role: core.Viewer})
	code(t, "Add", err, "ok")
	from := core.Caller{Addr: "192.0.2.1"}
	for i := range freeTries + 3 {
		want := "unauthenticated"
		if i >= freeTries {
			want = "limited"
		}
		_, _, err := tokens.Caller(ctx, from, "guess")
		code(t, fmt.Sprint("guess ", i+1), err, want)
	}
	_, _, err = tokens.Caller(ctx, from, secret)
	code(t, "Caller", err, "ok")
	_, _, err = tokens.Caller(ctx, core.Caller{Addr: "192.0.2.2"}, "guess")
	code(t, "a guess from elsewhere", err, "unauthenticated")
}

// Nobody waits until a clock that was put back comes round again.
func TestClockPutBack(t *testing.T) {
	c := newClock()
	g := Guard{Now: c.now}
	for range freeTries + 3 {
		g.try("user eve")
		c.advance(firstWait)
	}
	c.advance(-24 * time.Hour)
	if w, limited := errors.AsType[*WaitError](g.try("user eve")); !limited || w.For > longestWait {
		t.Errorf("the wait is %v", w)
	}
	c.advance(longestWait)
	if err := g.try("user eve"); err != nil {
		t.Errorf("after the longest wait: %v", err)
	}
}
