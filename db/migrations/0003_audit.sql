-- Who did what. Rows are added, and neither changed nor taken out.
create table audit (
	id       integer primary key, -- counts up
	time     integer not null, -- when it happened; of what was repeated, the last time
	caller   text    not null, -- who did it; empty for somebody unknown
	via      text    not null, -- where it came from: page, api, cli or task
	address  text    not null, -- of the client; empty for the command line
	action   text    not null, -- what was done, such as import
	subject  text    not null, -- what it was done to
	result   text    not null check (result in ('ok', 'refused', 'failed')), -- what became of it
	detail   text    not null, -- a few words more; may be empty
	revision integer not null, -- the revision that came of it; 0 for none
	count    integer not null check (count > 0) -- how often it happened
) strict;

create trigger audit_not_changed before update on audit
begin
	select raise(abort, 'the audit log is append-only');
end;

create trigger audit_not_deleted before delete on audit
begin
	select raise(abort, 'the audit log is append-only');
end;

-- Replacing a row would else delete it without asking the trigger above.
create trigger audit_not_replaced before insert on audit
when exists (select 1 from audit where id = new.id)
begin
	select raise(abort, 'the audit log is append-only');
end;

-- Browsers in which somebody is signed in. What a cookie leads to is in sessions, and
-- names one of these.
create table signins (
	id      text    not null primary key, -- as the session names it
	user    text    not null references users (name) on delete cascade, -- who signed in
	agent   text    not null, -- what the browser calls itself
	address text    not null, -- where it signed in from
	began   integer not null, -- when
	seen    integer not null  -- the minute in which it last asked for a page
) strict;

create index signins_by_user on signins (user);

-- Standing permissions of scripts, now with what they are for and until when.
create table scoped_tokens (
	id        text    not null primary key, -- short, for lists
	name      text    not null, -- what it is for
	role      text    not null check (role in ('viewer', 'operator', 'admin')), -- what it allows
	scope     text    not null check (scope in ('all', 'import', 'export')), -- of that, which routes
	caller    text    not null, -- who made it
	hash      blob    not null unique, -- SHA-256 of the secret
	created   integer not null, -- when it was made
	expires   integer,          -- from when on it is refused; null for never
	last_used integer           -- the minute of its last use; null while unused
) strict;

insert into scoped_tokens (rowid, id, name, role, scope, caller, hash, created, last_used)
select rowid, id, name, role, 'all', caller, hash, created, last_used from tokens;

drop table tokens;

alter table scoped_tokens rename to tokens;
