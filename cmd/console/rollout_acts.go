package main

import "fmt"

// rolloutAct is what the commands have in common that do something with a rollout.
type rolloutAct struct {
	rolloutFlags
	ID string `arg:"" name:"id" help:"Id of the rollout."`
}

// run does it, and waits until the rollout rests.
func (c *rolloutAct) run(p *process, word string, wave int) error {
	return c.withRollouts(p, true, func(d rolloutDesk) error {
		if err := d.act(p.ctx, word, c.ID, wave); err != nil {
			return err
		}
		return settled(p, d, c.ID, false)
	})
}

type rolloutStartCmd struct{ rolloutAct }

// Run starts the rollout.
func (c *rolloutStartCmd) Run(p *process) error { return c.run(p, "start", 0) }

type rolloutPauseCmd struct{ rolloutAct }

// Run pauses the rollout.
func (c *rolloutPauseCmd) Run(p *process) error { return c.run(p, "pause", 0) }

type rolloutResumeCmd struct{ rolloutAct }

// Run goes on with the rollout.
func (c *rolloutResumeCmd) Run(p *process) error { return c.run(p, "resume", 0) }

type rolloutCancelCmd struct{ rolloutAct }

// Run cancels the rollout.
func (c *rolloutCancelCmd) Run(p *process) error { return c.run(p, "cancel", 0) }

type rolloutRetryCmd struct{ rolloutAct }

// Run tries the failed nodes again.
func (c *rolloutRetryCmd) Run(p *process) error { return c.run(p, "retry", 0) }

type rolloutRollbackCmd struct {
	rolloutAct
	Wave int `placeholder:"N" help:"Only this wave; all of them unless it is given."`
}

// Run rolls back.
func (c *rolloutRollbackCmd) Run(p *process) error { return c.run(p, "rollback", c.Wave) }

type rolloutRemoveCmd struct{ rolloutAct }

// Run deletes the rollout.
func (c *rolloutRemoveCmd) Run(p *process) error {
	return c.withRollouts(p, true, func(d rolloutDesk) error {
		if err := d.remove(p.ctx, c.ID); err != nil {
			return err
		}
		_, err := fmt.Fprintf(p.stdout, "removed %s\n", c.ID)
		return err
	})
}
