-- Drafts remember what somebody has decided about them, and may bring an earlier
-- revision back. A draft of before has a day's life: it goes.

drop table drafts;

-- What somebody prepares and has not applied yet.
create table drafts (
	id       text    not null primary key, -- as the address of the page has it
	node     text    not null, -- the node it is meant for
	name     text    not null, -- of the file
	caller   text    not null, -- who prepares it
	created  integer not null, -- when it was begun
	body     blob    not null, -- the document as it came; empty for a restore
	document text    not null, -- SHA-256, hexadecimal, of the body; empty for a restore
	restores integer not null, -- the revision to bring back; 0 for a document
	files    text    not null, -- JSON: of a self-contained bundle, the hashes of its files by address
	choices  text    not null  -- JSON: the mode, what is left out, and so on
) strict;

create index tasks_by_created on tasks (created);
