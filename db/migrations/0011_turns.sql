-- When each job of a schedule was last done, or first seen, and how it went since.
create table turns_new (
	job      text    not null, -- compare or backup
	node     text    not null, -- to which node
	time     integer not null, -- when it was done as the schedule says, or first seen
	tried    integer,          -- when it was last tried; null for never
	failures integer not null, -- how often in a row it failed since time
	reason   text    not null, -- why; empty where it did not
	hint     text    not null, -- what to do about it; may be empty
	again    integer,          -- when it is tried again, unless the schedule comes first; null for not
	primary key (job, node)
) strict, without rowid;
insert into turns_new (job, node, time, tried, failures, reason, hint, again) select job, node, time, null, 0, '', '', null from turns;
drop table turns;
alter table turns_new rename to turns;
