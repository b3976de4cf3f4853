-- What somebody has decided about a draft, and drafts that bring an earlier revision
-- back.

alter table drafts add column document text not null default ''; -- SHA-256, hexadecimal, of the body; empty where there is none
alter table drafts add column restores integer not null default 0; -- the revision to bring back; 0 for a document
alter table drafts add column choices text not null default '{}'; -- JSON: the mode, what is left out, and so on

-- A draft of before has no hash, and a day's life: it goes.
delete from drafts;

create index tasks_by_created on tasks (created);
