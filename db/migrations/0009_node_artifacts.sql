-- The nodes, with who reads the files that entries name, and where a node reads those that
-- the console keeps.
create table nodes_new (
	name    text    not null primary key, -- as it is spoken of
	url     text    not null, -- of its REST API
	labels  text    not null, -- JSON: values by name
	ca      text    not null, -- certificates to trust besides the system's, in PEM; may be empty
	sealed  blob    not null, -- the credentials and the variables, encrypted by the key file
	created integer not null, -- when it was registered
	pulled  integer,          -- when all it holds was last read; null for never
	artifacts   text not null, -- who reads files: node or console
	console_url text not null  -- under which it reaches the console; empty for the usual address
) strict;
insert into nodes_new (name, url, labels, ca, sealed, created, pulled, artifacts, console_url)
	select name, url, labels, ca, sealed, created, pulled, 'node', '' from nodes;
drop table nodes;
alter table nodes_new rename to nodes;
