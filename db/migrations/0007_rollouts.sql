-- One bundle on its way to many nodes.
create table rollouts (
	id      text    not null primary key, -- as its address has it
	created integer not null, -- when it was planned
	state   text    not null, -- planning, planned, running and so on
	head    text    not null  -- JSON: all else but what the other tables have
) strict;

create index rollouts_by_created on rollouts (created);

-- The bundles of rollouts.
create table rollout_bodies (
	rollout text not null primary key references rollouts (id) on delete cascade, -- whose it is
	body    blob not null  -- as it came
) strict;

-- The nodes of rollouts.
create table rollout_targets (
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
	primary key (rollout, position)
) strict, without rowid;

-- What plans change that are equal on some nodes.
create table rollout_groups (
	rollout  text    not null references rollouts (id) on delete cascade, -- whose it is
	id       text    not null, -- hash of the changes
	reviewed integer not null, -- 1 where somebody started the rollout with it
	body     text    not null, -- JSON: counts, and the first changes
	primary key (rollout, id)
) strict, without rowid;
