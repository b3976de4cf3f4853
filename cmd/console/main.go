package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"os/user"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"ekuiper-console/core"
	"ekuiper-console/core/plan"
)

// version is set by the linker: -ldflags "-X main.version=1.2.3".
var version = "dev"

// The exit codes. Scripts may trust them.
const (
	exitOK      = 0
	exitTrouble = 1   // an error, rejected entries, or findings
	exitChanges = 2   // of plan: there is something to do
	exitStopped = 100 // of serve: an import with stop=1 asked for a restart
)

// cli is the command line. Every flag can also be given in the environment, as
// CONSOLE_ and its name.
type cli struct {
	Serve    serveCmd    `cmd:"" default:"withargs" help:"Start the console (the default)."`
	Import   importCmd   `cmd:"" help:"Import a bundle."`
	Export   exportCmd   `cmd:"" help:"Export all, or some rules with everything they need."`
	Plan     planCmd     `cmd:"" help:"Show what an import would do. Exits with 0 for nothing, 2 for changes, 1 for trouble."`
	Check    checkCmd    `cmd:"" help:"Check bundles without a console. Exits with 0 when they are clean, 1 when there are findings."`
	History  historyCmd  `cmd:"" help:"List what was imported, or show what one revision did."`
	Diff     diffCmd     `cmd:"" help:"Show what changed between two revisions, or since one."`
	Restore  restoreCmd  `cmd:"" help:"Bring a revision back, as a new one."`
	Show     showCmd     `cmd:"" help:"Show an entry, what it needs, what needs it, and its history."`
	User     userCmd     `cmd:"" help:"Manage the people who sign in."`
	Token    tokenCmd    `cmd:"" help:"Manage the tokens of the REST API."`
	Node     nodeCmd     `cmd:"" help:"Manage the eKuiper nodes that run elsewhere."`
	Rollout  rolloutCmd  `cmd:"" help:"Bring one bundle into many nodes, wave by wave."`
	Drift    driftCmd    `cmd:"" help:"Show how nodes stand to their baselines, compare one, or bring it back."`
	Snapshot snapshotCmd `cmd:"" help:"Back up nodes, and bring what was backed up into the same node or another one."`
	Schedule scheduleCmd `cmd:"" help:"Say when nodes are compared and backed up by themselves."`
	Audit    auditCmd    `cmd:"" help:"List who did what, and what was refused."`
	Backup   backupCmd   `cmd:"" help:"Back up the data folder while the console runs, or restore it."`
	Doctor   doctorCmd   `cmd:"" help:"Look whether the data folder is well. Exits with 1 when there are findings."`
	Health   healthCmd   `cmd:"" help:"Ask the console of this machine whether it can do its work. Exits with 1 when it cannot."`
	Version  versionCmd  `cmd:"" help:"Print the version."`
}

// process is what a command sees of its surroundings.
type process struct {
	ctx            context.Context
	stdin          io.Reader
	stdout, stderr io.Writer
}

// exit ends a command with a code and without a message.
type exit int

// Error returns the code in words.
func (e exit) Error() string { return fmt.Sprintf("exit %d", int(e)) }

func main() {
	dropEmptyEnv()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	code := run(&process{ctx, os.Stdin, os.Stdout, os.Stderr}, os.Args[1:])
	stop()
	os.Exit(code)
}

// dropEmptyEnv takes our variables that are empty out of the environment, so that they
// count as not given: an empty CONSOLE_LISTEN would open the console to the network.
func dropEmptyEnv() {
	for _, pair := range os.Environ() {
		if name, value, _ := strings.Cut(pair, "="); value == "" && strings.HasPrefix(name, "CONSOLE_") {
			os.Unsetenv(name)
		}
	}
}

// run does what the arguments say and returns the exit code. It is the one place
// where an error of a command is told.
func run(p *process, args []string) int {
	var ended *int
	parser, err := kong.New(&cli{},
		kong.Name("console"), kong.Description("Administers eKuiper configuration: import, review, export, history."),
		kong.Writers(p.stdout, p.stderr), kong.Exit(func(code int) { ended = &code }),
		kong.DefaultEnvars("CONSOLE"), kong.UsageOnError(), kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
	)
	if err != nil {
		panic(err) // the command line is described wrongly
	}
	command, err := parser.Parse(args)
	if ended != nil {
		return *ended
	}
	if err != nil {
		return p.tell(core.WithHint(err, "see console --help"))
	}
	return p.tell(command.Run(p))
}

// tell writes an error to stderr and returns the exit code for it.
func (p *process) tell(err error) int {
	if err == nil {
		return exitOK
	}
	if code, ok := errors.AsType[exit](err); ok {
		return int(code)
	}
	fmt.Fprintf(p.stderr, "error: %v\n", err)
	if hint := core.HintOf(err); hint != "" {
		fmt.Fprintf(p.stderr, "hint: %s\n", hint)
	}
	return exitTrouble
}

// caller is whoever runs a command on this machine: with access to the data folder
// they may do everything.
func caller() core.Caller {
	name := "command line"
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	return core.Caller{Name: name, Role: core.Admin, Via: "cli"}
}

// mode returns the mode that the flag --partial stands for.
func mode(partial bool) plan.Mode {
	if partial {
		return plan.Partial
	}
	return plan.Full
}

type versionCmd struct{}

// Run prints the version.
func (versionCmd) Run(p *process) error {
	_, err := fmt.Fprintln(p.stdout, "console", version)
	return err
}
