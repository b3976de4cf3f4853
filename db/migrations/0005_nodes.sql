-- The nodes that run elsewhere. What was found on them is in revisions, changes and
-- entries, as with the node of the console itself.
create table nodes (
	name    text    not null primary key, -- as it is spoken of
	url     text    not null, -- of its REST API
	labels  text    not null, -- JSON: values by name
	ca      text    not null, -- certificates to trust besides the system's, in PEM; may be empty
	sealed  blob    not null, -- the credentials and the variables, encrypted by the key file
	created integer not null, -- when it was registered
	pulled  integer           -- when all it holds was last read; null for never
) strict;
