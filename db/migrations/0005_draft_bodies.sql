-- What was decided about a draft is written with every tick of a box, and read with every
-- page. The document, which may be large, has a table of its own, so that it is not.
-- A draft lives for a day; those of today go.
drop table drafts;

-- What somebody prepares and has not applied yet.
create table drafts (
	id       text    not null primary key, -- as the address of the page has it
	node     text    not null, -- the node it is meant for
	name     text    not null, -- of the file
	caller   text    not null, -- who prepares it
	created  integer not null, -- when it was begun
	size     integer not null, -- bytes of the document
	document text    not null, -- SHA-256, hexadecimal, of the document; empty for a restore
	restores integer not null, -- the revision to bring back; 0 for a document
	files    text    not null, -- JSON: of a self-contained bundle, the hashes of its files by address
	choices  text    not null  -- JSON: the mode, what is left out, and so on
) strict;

-- The documents of drafts.
create table draft_bodies (
	draft text not null primary key references drafts (id) on delete cascade, -- whose it is
	body  blob not null  -- as it came; empty for a restore
) strict;
