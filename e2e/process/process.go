// Package process starts the built console for programs and tests that know it from
// outside only.
package process

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
)

// Console is a console that runs.
type Console struct {
	URL   string // where it answers, without a slash at the end
	PID   int
	cmd   *exec.Cmd
	ready chan string   // gets the address, once
	ended chan struct{} // closed when the process is gone
}

// root is the folder of the module.
func root() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "..", "..")
}

// Build makes the program in a folder, as one file that needs nothing else, and returns
// its path.
func Build(folder string) (string, error) {
	return build(folder, "0", "-trimpath", "-ldflags=-s -w")
}

// BuildRacing is Build with the race detector, which tells on standard error what it finds.
// It takes a C compiler.
func BuildRacing(folder string) (string, error) {
	return build(folder, "1", "-race")
}

func build(folder, cgo string, flags ...string) (string, error) {
	binary := filepath.Join(folder, "console")
	cmd := exec.Command("go", append(append([]string{"build"}, flags...), "-o", binary, "./cmd/console")...)
	cmd.Dir = root()
	cmd.Env = append(os.Environ(), "CGO_ENABLED="+cgo)
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building the console: %w\n%s", err, out)
	}
	return binary, nil
}

// Start starts a console on a data folder, on a free port of the loopback, and waits until
// it says where it is. Its log goes to a file beside the folder, under the folder's name
// with .log behind it. Env is added to the environment.
func Start(binary, data string, env []string, flags ...string) (*Console, error) {
	c, err := Launch(binary, data, env, flags...)
	if err != nil {
		return nil, err
	}
	return c, c.Wait()
}

// Launch is Start without the waiting: the console has no URL until Wait returns.
func Launch(binary, data string, env []string, flags ...string) (*Console, error) {
	log, err := os.OpenFile(data+".log", os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	cmd := exec.Command(binary, append([]string{"serve", "--listen", "127.0.0.1:0", "--data", data}, flags...)...)
	cmd.Env = append(os.Environ(), env...)
	cmd.Stderr = log
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	c := &Console{PID: cmd.Process.Pid, cmd: cmd, ready: make(chan string, 1), ended: make(chan struct{})}
	go func() {
		defer close(c.ended)
		for lines := bufio.NewScanner(stdout); lines.Scan(); {
			if address, ok := address(lines.Text()); ok {
				c.ready <- address
			}
		}
		_ = cmd.Wait() // it was told to end, or Wait says that it was not
	}()
	return c, nil
}

// Wait waits until the console is ready, and fails where it ends instead.
func (c *Console) Wait() error {
	select {
	case c.URL = <-c.ready:
		return nil
	case <-c.ended:
		return errEnded
	}
}

// errEnded is the error of a console that nobody told to end.
var errEnded = errors.New("the console ended by itself")

// address takes the address from the line that the console prints when it is ready.
func address(line string) (string, bool) {
	for _, before := range []string{"Open:", "Set it up:"} {
		if _, rest, ok := strings.Cut(line, before); ok {
			address, _, _ := strings.Cut(strings.TrimSpace(rest), "/ui/")
			return address, true
		}
	}
	return "", false
}

// Stop ends the console as a service manager would, and waits until it is gone.
func (c *Console) Stop() error { return c.end(syscall.SIGTERM) }

// Kill ends the console as a loss of power would, but for the disk, and waits until it is
// gone.
func (c *Console) Kill() error { return c.end(syscall.SIGKILL) }

func (c *Console) end(by syscall.Signal) error {
	select {
	case <-c.ended:
		return errEnded
	default:
	}
	err := c.cmd.Process.Signal(by)
	<-c.ended
	return err
}

// Command runs another command of the console on a data folder and returns what it prints.
func Command(binary, data string, args ...string) (string, error) {
	cmd := exec.Command(binary, append(args, "--data", data)...)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("console %s: %w\n%s%s", strings.Join(args, " "), err, out, stderr.String())
	}
	return strings.TrimSpace(string(out)), nil
}
