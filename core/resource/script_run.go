package resource

import (
	"errors"
	"fmt"
	"regexp"
	"runtime/metrics"
	"strconv"
	"strings"
	"time"

	"github.com/dop251/goja"
)

// The limits of running a script.
const (
	scriptTime  = 2 * time.Second        // until it is told to stop
	scriptGrace = 250 * time.Millisecond // until it is given up, once it was told
	scriptHeap  = 128 << 20              // bytes by which the heap may grow meanwhile; a text that doubles comes to four times as much
	scriptStack = 1000                   // calls within calls
	scriptsRun  = 4                      // scripts at a time
	scriptWords = 50_000                 // words and signs in a script
)

// scriptTurns has a place for each script that runs. One that was given up keeps its
// place until it ends.
var scriptTurns = make(chan struct{}, scriptsRun)

// scriptErr is why a script is refused, or a note about it. The offset is in the
// script, -1 without one.
type scriptErr struct {
	msg, hint string
	offset    int
	note      bool
}

var (
	errScriptTime = errors.New("the script did not come to an end within " + scriptTime.String())
	errScriptHeap = fmt.Errorf("the script takes more than %d MB of memory", scriptHeap>>20)
)

// runScript runs a script, as the engine does when it imports one, and requires that
// it leaves a function of the given name behind. The function is not called.
//
// A script is interrupted when its time is up or when the heap of the process has
// grown too much since it began, which is looked at every few milliseconds. Between
// two steps of the script that always works. Within one step of a built-in function
// it does not, so those that make something large out of little are bounded by
// scriptGuard. What then still does not stop, such as a regular expression that
// backtracks for ever, is given up: the check ends in time, but the step goes on
// in its goroutine. At most scriptsRun of those can be under way; while they are, no
// further script is run, and each is refused when its wait has lasted scriptTime.
//
// The interpreter's stack grows with the nesting of a script, and Go cannot recover from one
// that grows too large. A script of more than scriptWords words and signs is therefore
// not run at all: that is a note and no refusal, since there may be nothing wrong with it.
func runScript(text, name string) *scriptErr {
	if longScript(text) {
		return &scriptErr{msg: "the script is too long to be run here; it was not checked", offset: -1, note: true}
	}
	select {
	case scriptTurns <- struct{}{}:
	case <-time.After(scriptTime):
		return &scriptErr{msg: "the script could not be run: others are still running", hint: "try again later", offset: -1}
	}
	vm := goja.New()
	vm.SetMaxCallStackSize(scriptStack)
	done := make(chan *scriptErr, 1)
	go func() {
		defer func() { <-scriptTurns }()
		done <- runIn(vm, text, name)
	}()
	return watch(vm, done)
}

// longScript reports whether a script has more than scriptWords words and signs.
func longScript(text string) bool {
	words, within := 0, false
	for i := range len(text) {
		c := text[i]
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c >= 0x80
		if c > ' ' && !(letter && within) {
			if words++; words > scriptWords {
				return true
			}
		}
		within = letter
	}
	return false
}

// watch waits for a script, interrupts it when it goes over a limit, and gives it up
// when that does not help.
func watch(vm *goja.Runtime, done <-chan *scriptErr) *scriptErr {
	const interval = 2 * time.Millisecond
	ticks := time.NewTicker(interval)
	defer ticks.Stop()
	began, before := time.Now(), heap()
	for {
		select {
		case err := <-done:
			return err
		case <-ticks.C:
		}
		var limit error
		switch {
		case time.Since(began) > scriptTime:
			limit = errScriptTime
		case heap() > before+scriptHeap:
			limit = errScriptHeap
		default:
			continue
		}
		vm.Interrupt(limit)
		select {
		case err := <-done:
			return err
		case <-time.After(scriptGrace):
			return limitErr(limit)
		}
	}
}

// heap returns how many bytes objects take in this process.
func heap() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// runIn runs a script and words what comes of it.
func runIn(vm *goja.Runtime, text, name string) (err *scriptErr) {
	defer func() {
		if r := recover(); r != nil {
			err = &scriptErr{msg: fmt.Sprintf("failed to interprete script: %v", r), offset: -1}
		}
	}()
	if _, err := vm.RunString(scriptGuard); err != nil {
		return &scriptErr{msg: fmt.Sprintf("preparing the script: %v", err), offset: -1}
	}
	if _, err := vm.RunString(text); err != nil {
		return wordScriptErr(err, text)
	}
	if _, ok := goja.AssertFunction(functionNamed(vm, name)); !ok {
		return &scriptErr{
			msg:    fmt.Sprintf("cannot find function %q in script", name),
			hint:   "the script must declare a function of this name, in the same case",
			offset: 0,
		}
	}
	return nil
}

// functionNamed returns the global of a name. Reading it can run the script once more.
func functionNamed(vm *goja.Runtime, name string) (v goja.Value) {
	if err := vm.Try(func() { v = vm.Get(name) }); err != nil {
		return nil
	}
	return v
}

func wordScriptErr(err error, text string) *scriptErr {
	if e, ok := errors.AsType[*goja.InterruptedError](err); ok {
		if limit, ok := e.Value().(error); ok {
			return limitErr(limit)
		}
	}
	if _, ok := errors.AsType[*goja.StackOverflowError](err); ok {
		return &scriptErr{
			msg:  fmt.Sprintf("the script calls functions more than %d levels deep", scriptStack),
			hint: "end the recursion", offset: -1,
		}
	}
	return &scriptErr{msg: "failed to interprete script: " + err.Error(), offset: scriptOffset(text, err.Error())}
}

func limitErr(limit error) *scriptErr {
	return &scriptErr{
		msg:    limit.Error(),
		hint:   "what stands outside of functions is run when the script is imported; keep it short",
		offset: -1,
	}
}

// scriptPlace finds the line and column in an error of the interpreter.
var scriptPlace = regexp.MustCompile(`(?:Line |<eval>:)(\d+):(\d+)`)

// scriptOffset returns the byte offset of the place that an error names, or -1.
func scriptOffset(text, msg string) int {
	m := scriptPlace.FindStringSubmatch(msg)
	if m == nil {
		return -1
	}
	line, _ := strconv.Atoi(m[1])
	column, _ := strconv.Atoi(m[2])
	at := 0
	for range line - 1 {
		i := strings.IndexByte(text[at:], '\n')
		if i < 0 {
			break
		}
		at += i + 1
	}
	return min(at+column-1, len(text))
}

// scriptGuard bounds the built-in functions of which one call can take all memory or
// never return: those that repeat texts, those that go over anything with a length,
// and those that reserve memory. It is run before the script.
const scriptGuard = `(function () {
	const most = 1 << 22, apply = Reflect.apply, construct = Reflect.construct, E = RangeError;
	const check = n => { if (Number(n) > most) throw new E("more than " + most + " elements"); };
	const guard = (of, name, measure) => {
		const f = of[name];
		if (typeof f !== "function") return;
		const guarded = new Proxy(f, {apply(f, self, args) { measure(self, args); return apply(f, self, args); }});
		Object.defineProperty(of, name, {value: guarded, writable: true, configurable: true, enumerable: false});
	};
	const length = self => { if (self !== null && self !== undefined) check(self.length); };
	guard(String.prototype, "repeat", (self, args) => check(String(self).length * Number(args[0])));
	for (const name of ["padStart", "padEnd"]) guard(String.prototype, name, (self, args) => check(args[0]));
	for (const name of Object.getOwnPropertyNames(Array.prototype))
		if (name !== "constructor") guard(Array.prototype, name, length);
	guard(Array, "from", (self, args) => length(args[0]));
	guard(Reflect, "apply", (self, args) => length(args[2]));
	guard(Function.prototype, "apply", (self, args) => length(args[1]));
	for (const name of ["ArrayBuffer", "Int8Array", "Uint8Array", "Uint8ClampedArray", "Int16Array", "Uint16Array",
			"Int32Array", "Uint32Array", "Float32Array", "Float64Array", "BigInt64Array", "BigUint64Array"]) {
		const C = globalThis[name];
		if (typeof C !== "function") continue;
		const guarded = new Proxy(C, {construct(C, args, target) {
			const a = args[0];
			if (typeof a === "object" && a !== null) length(a); else check(a);
			return construct(C, args, target === guarded ? C : target);
		}});
		Object.defineProperty(globalThis, name, {value: guarded, writable: true, configurable: true, enumerable: false});
	}
})()`
