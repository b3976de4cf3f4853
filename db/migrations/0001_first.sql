-- The first form of the store. Times are milliseconds since 1970 in UTC. Kinds,
-- actions, modes, roles and states are stored by name, never by number.

-- One row for each commit. The newest row of a node is its state.
create table revisions (
	node         text    not null, -- whose state it is
	number       integer not null, -- counts up from 1 in each node
	hash         text    not null, -- SHA-256, hexadecimal, of this commit and all before it
	time         integer not null, -- when it was committed
	caller       text    not null, -- who did it
	via          text    not null, -- where it came from: page, api, cli or task
	mode         text    not null, -- of the import: partial or full
	document     text    not null, -- SHA-256, hexadecimal, of the document; empty where there was none
	created      integer not null, -- how many entries are new
	replaced     integer not null, -- how many entries have another text
	deleted      integer not null, -- how many entries went
	unchanged    integer not null, -- how many entries of the document were left as they are
	rejected     integer not null, -- how many entries of the document were refused
	note         text    not null, -- what the caller said of it; may be empty
	task         text    not null, -- id of the task that did it; empty where there was none
	restores     integer not null, -- the revision that it brings back; 0 where it is no restore
	first_change integer not null, -- id of its first change
	last_change  integer not null, -- id of its last change; the ids between are all its own
	primary key (node, number)
) strict, without rowid;

create index revisions_by_task on revisions (task) where task <> '';

-- The journal, in the order in which it happened. It holds every text once: a text
-- that was replaced is found through the change that replaced it.
create table changes (
	id       integer primary key,  -- counts up from 1 over all nodes
	node     text    not null,     -- whose entry it is
	revision integer not null,     -- the commit that it belongs to
	action   text    not null check (action in ('create', 'replace', 'delete')), -- what was done
	kind     text    not null,     -- key of the entry's section, such as rules
	name     text    not null,     -- of the entry
	previous integer references changes (id) check ((previous is null) = (action = 'create')), -- the change whose text it ended
	text     text    check ((text is null) = (action = 'delete')), -- what it said from then on
	foreign key (node, revision) references revisions (node, number)
) strict;

-- What a node holds now: of each entry the change that its text stands in.
create table entries (
	node   text    not null, -- who holds it
	kind   text    not null, -- key of its section
	name   text    not null, -- unique within the section
	change integer not null references changes (id), -- the create or replace that wrote it
	primary key (node, kind, name)
) strict, without rowid;

-- The errors of the last import into each node.
create table reports (
	node     text not null primary key, -- the node
	document text not null              -- the report, as a document whose texts are messages
) strict, without rowid;

-- Background work.
create table tasks (
	id      text    not null primary key, -- as clients name it
	node    text    not null, -- the node it works on
	caller  text    not null, -- who started it
	title   text    not null, -- what a person calls it; may be empty
	state   text    not null, -- register, running, finish, error or cancel
	message text    not null, -- empty while it runs
	result  text    not null, -- JSON that pages show; empty while it runs
	created integer not null, -- when it was started
	updated integer not null  -- when its state last changed
) strict;

create index tasks_by_state on tasks (state);

-- People who sign in.
create table users (
	name    text    not null primary key, -- as they sign in
	role    text    not null check (role in ('viewer', 'operator', 'admin')), -- what they may do
	hash    text    not null, -- of the password, in its own encoding
	created integer not null  -- when the user was made
) strict;

-- Standing permissions of scripts.
create table tokens (
	id        text    not null primary key, -- short, for lists
	name      text    not null, -- what it is for
	role      text    not null check (role in ('viewer', 'operator', 'admin')), -- what it allows
	caller    text    not null, -- who made it
	hash      blob    not null unique, -- SHA-256 of the secret
	created   integer not null, -- when it was made
	last_used integer           -- the minute of its last use; null while unused
) strict;

-- Documents that were brought and are not applied yet.
create table drafts (
	id      text    not null primary key, -- as the address of the page has it
	node    text    not null, -- the node it is meant for
	name    text    not null, -- of the file
	caller  text    not null, -- who brought it
	created integer not null, -- when it was brought
	body    blob    not null  -- the document as it came
) strict;

-- Who is signed in, in which browser.
create table sessions (
	token  blob    not null primary key, -- SHA-256 of the token in the cookie
	data   blob    not null, -- what the session holds
	expiry integer not null  -- from when on it counts no more
) strict;

create index sessions_by_expiry on sessions (expiry);
