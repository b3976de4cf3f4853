-- The revision that a node ought to hold, and what came of comparing the node with it.
create table baselines (
	node     text    not null primary key, -- the node
	revision integer not null, -- of the node
	caller   text    not null, -- who made it the baseline
	time     integer not null, -- when
	tried    integer,          -- when the node was to be compared last; null for never
	reason   text    not null, -- why it was not; empty where it was
	read     integer,          -- when the node was read that was compared last; null for never
	compared integer not null, -- the revision of the node that was compared; 0 for none
	added    integer not null, -- how many entries the node holds, and the baseline does not
	changed  integer not null, -- how many entries mean something else
	missing  integer not null  -- how many entries the baseline holds, and the node does not
) strict, without rowid;

-- What nodes held at a moment. A row without a document says that the node could not be read.
create table node_backups (
	id       integer primary key autoincrement, -- counts up
	node     text    not null, -- whose it is
	time     integer not null, -- when it was made
	caller   text    not null, -- who made it
	via      text    not null, -- where that came from: page, api, cli or task
	revision integer not null, -- of the node
	sha256   text    references backup_documents (sha256), -- of the document; null where there is none
	size     integer not null, -- of the document, in bytes
	entries  integer not null, -- how many the document has
	pinned   integer not null check (pinned in (0, 1)), -- whether it stays until somebody removes it
	note     text    not null, -- what somebody says of it; may be empty
	reason   text    not null  check ((reason = '') = (sha256 is not null)) -- why there is no document
) strict;

create index node_backups_by_node on node_backups (node);

create index node_backups_by_document on node_backups (sha256);

-- The documents of backups, each once.
create table backup_documents (
	sha256 text not null primary key, -- of the document, hexadecimal
	packed blob not null              -- the document, compressed by gzip
) strict, without rowid;

-- What is done to nodes by itself, and when.
create table schedules (
	node    text    not null primary key, -- empty for all nodes that have none of their own
	zone    text    not null, -- of times of day, such as Europe/Berlin
	compare text    not null, -- how often it is compared with its baseline, such as every 1h
	backup  text    not null, -- how often it is backed up, such as daily 02:00
	keep    integer not null, -- how many backups stay; 0 for any number
	days    integer not null, -- how many days they stay; 0 for any
	caller  text    not null, -- who wrote it
	changed integer not null  -- when
) strict, without rowid;

-- When each job of a schedule was last done, or first seen.
create table turns (
	job  text    not null, -- compare or backup
	node text    not null, -- to which node
	time integer not null, -- when
	primary key (job, node)
) strict, without rowid;
