-- The files that entries name by address, as they were when the entries were written.
create table artifacts (
	change   integer not null primary key references changes (id), -- the change that wrote the entry
	address  text    not null, -- where the file came from
	sha256   text    not null, -- of its content, hexadecimal; the content is in the folder of artifacts
	size     integer not null, -- of its content, in bytes
	provides text    not null, -- JSON: the source types, sink types and functions that it brings
	contents text    not null  -- JSON: what was found in it; empty where nothing was looked for
) strict;

create index artifacts_by_sha256 on artifacts (sha256);
