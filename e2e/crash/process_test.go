package crash

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// process is a console that runs.
type process struct {
	cmd   *exec.Cmd
	ready chan string   // gets the address, once
	ended chan struct{} // closed when the process is gone
}

// launch starts a console on a folder. Its log goes to a file beside the folder.
func launch(binary, data string) (*process, error) {
	log, err := os.OpenFile(data+".log", os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	cmd := exec.Command(binary, "serve", "--listen", "127.0.0.1:0", "--data", data, "--allow-private-net")
	cmd.Stderr = log
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &process{cmd: cmd, ready: make(chan string, 1), ended: make(chan struct{})}
	go func() {
		defer close(p.ended)
		for lines := bufio.NewScanner(stdout); lines.Scan(); {
			if address, ok := cutAddress(lines.Text()); ok {
				p.ready <- address
			}
		}
		_ = cmd.Wait() // it is killed
	}()
	return p, nil
}

// cutAddress takes the address from the line that the console prints when it is ready.
func cutAddress(line string) (string, bool) {
	for _, before := range []string{"Open:", "Set it up:"} {
		if _, rest, ok := strings.Cut(line, before); ok {
			address, _, _ := strings.Cut(strings.TrimSpace(rest), "/ui/")
			return address, true
		}
	}
	return "", false
}

// address waits until the console is ready.
func (p *process) address() (string, error) {
	select {
	case url := <-p.ready:
		return url, nil
	case <-p.ended:
		return "", errors.New("the console ended by itself")
	}
}

// kill ends the console as a loss of power would, but for the disk, and waits until it is
// gone.
func (p *process) kill() error {
	select {
	case <-p.ended:
		return errors.New("the console ended by itself")
	default:
	}
	err := p.cmd.Process.Kill()
	<-p.ended
	return err
}

// command runs another command of the console and returns what it prints.
func command(binary, data string, args ...string) (string, error) {
	cmd := exec.Command(binary, append(args, "--data", data)...)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("console %s: %w\n%s%s", strings.Join(args, " "), err, out, stderr.String())
	}
	return strings.TrimSpace(string(out)), nil
}

// build makes the program in a folder.
func build(folder string) (string, error) {
	binary := filepath.Join(folder, "console")
	cmd := exec.Command("go", "build", "-o", binary, "./cmd/console")
	cmd.Dir = filepath.Join("..", "..")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building the console: %w\n%s", err, out)
	}
	return binary, nil
}
