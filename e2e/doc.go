// Package e2e drives the built console in a real browser, one file per journey: what a
// person sees and does, found by role and label as they find it. It imports nothing of
// the program.
//
// Every test has a console of its own, with its own data folder and port, and every
// visitor is a browser profile of its own. An error in the browser's console, an error
// of a script, a request that fails or an error in the console's log fails the test.
//
// The tests need node_modules, Debian's chromium, and a driver folder with two links:
// package to node_modules/playwright-core and node to node. It is
// .cache/playwright-driver, or what PLAYWRIGHT_DRIVER_PATH names; test.sh makes it.
// Without it the tests are skipped, unless CI or CONSOLE_E2E is set. A failed test
// leaves a picture of the page in the folder that E2E_OUTPUT names, and SCREENSHOTS
// names a folder for pictures of every page.
package e2e
