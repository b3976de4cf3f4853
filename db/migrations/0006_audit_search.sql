-- The audit log grows without end: who looks for one action or one caller does not read it all.
create index audit_by_action on audit (action);

create index audit_by_caller on audit (caller);

-- What is said in the audit log, by every three letters in a row. The texts are not kept twice.
create virtual table audit_text using fts5 (caller, address, subject, detail, content='audit', content_rowid='id', tokenize='trigram');

insert into audit_text (audit_text) values ('rebuild');

create trigger audit_is_found after insert on audit
begin
	insert into audit_text (rowid, caller, address, subject, detail) values (new.id, new.caller, new.address, new.subject, new.detail);
end;
