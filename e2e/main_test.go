package e2e

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/playwright-community/playwright-go"
)

// lab is what all tests share: the program and the browser.
type lab struct {
	root    string // of the module
	binary  string // the console
	axe     string // source of the accessibility checker
	driver  *playwright.Playwright
	browser playwright.Browser
}

// shared is set once, before the first test. It is nil where there is no browser.
var shared *lab

// errNoDriver says what a machine lacks that was not set up for these tests.
var errNoDriver = errors.New("no browser driver here: run ./test.sh, or make .cache/playwright-driver as doc.go says")

func TestMain(m *testing.M) { os.Exit(run(m)) }

// run sets the lab up, runs the tests and takes it down.
func run(m *testing.M) int {
	folder, err := os.MkdirTemp("", "console-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(folder)
	shared, err = newLab(folder)
	if errors.Is(err, errNoDriver) && os.Getenv("CI") == "" && os.Getenv("CONSOLE_E2E") != "1" {
		shared, err = nil, nil
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	if shared != nil {
		defer shared.close()
	}
	return m.Run()
}

// newLab builds the console into a folder and starts the browser.
func newLab(folder string) (*lab, error) {
	root, err := filepath.Abs("..")
	if err != nil {
		return nil, err
	}
	driver := os.Getenv("PLAYWRIGHT_DRIVER_PATH")
	if driver == "" {
		driver = filepath.Join(root, ".cache", "playwright-driver")
	}
	if _, err := os.Stat(filepath.Join(driver, "package", "cli.js")); err != nil {
		return nil, errNoDriver
	}
	axe, err := os.ReadFile(filepath.Join(root, "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		return nil, fmt.Errorf("reading the accessibility checker: %w", err)
	}
	l := &lab{root: root, binary: filepath.Join(folder, "console"), axe: string(axe)}
	build := exec.Command("go", "build", "-o", l.binary, "./cmd/console")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("building the console: %w\n%s", err, out)
	}
	return l, l.launch(driver)
}

// launch starts the browser.
func (l *lab) launch(driver string) error {
	chromium, err := exec.LookPath("chromium-headless-shell") // takes less than one that draws its own windows
	if err != nil {
		chromium, err = exec.LookPath("chromium")
	}
	if err != nil {
		return fmt.Errorf("looking for the browser: %w", err)
	}
	l.driver, err = playwright.Run(&playwright.RunOptions{DriverDirectory: driver, SkipInstallBrowsers: true})
	if err != nil {
		return fmt.Errorf("starting the browser driver: %w", err)
	}
	l.browser, err = l.driver.Chromium.Launch(playwright.BrowserTypeLaunchOptions{
		ExecutablePath:  new(chromium),
		ChromiumSandbox: new(false),
		Args: []string{
			"--disable-gpu", "--disable-quic", "--no-first-run", "--disable-dev-shm-usage",
			"--disable-background-networking", "--disable-component-update", "--disable-sync",
		},
	})
	if err != nil {
		return errors.Join(fmt.Errorf("starting the browser: %w", err), l.driver.Stop())
	}
	return nil
}

// close ends the browser.
func (l *lab) close() {
	if err := errors.Join(l.browser.Close(), l.driver.Stop()); err != nil {
		fmt.Fprintln(os.Stderr, "ending the browser:", err)
	}
}
