-- The nodes of rollouts, with the rules that did not run before.
create table rollout_targets_new (
	rollout    text    not null references rollouts (id) on delete cascade, -- whose it is
	position   integer not null, -- counts up from 0, in the order in which they were chosen
	node       text    not null, -- its name
	wave       integer not null, -- counts up from 1; 0 for none
	state      text    not null, -- planned, applying, verified and so on
	plans      text    not null, -- the group of equal plans; empty for none
	changes    integer not null, -- entries that its plan changes
	begun      integer not null, -- 1 where something may have been written to it
	before     integer not null, -- its revision before it was applied to
	after      integer not null, -- its revision afterwards; 0 where that is not known
	deviations integer not null, -- what did not come as planned
	reason     text    not null, -- why it is in this state; may be empty
	updated    integer,          -- when it came into it; null for never
	ailing     text,             -- JSON: rules that had stopped by an error before; null where that is not known
	primary key (rollout, position)
) strict, without rowid;
insert into rollout_targets_new (rollout, position, node, wave, state, plans, changes, begun, before, after, deviations, reason, updated)
	select rollout, position, node, wave, state, plans, changes, begun, before, after, deviations, reason, updated from rollout_targets;
drop table rollout_targets;
alter table rollout_targets_new rename to rollout_targets;
