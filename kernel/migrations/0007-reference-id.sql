-- A reference has an id of its own: lists page by it, the audit names it, and it is removed by it.
alter table kernel.external_reference add column id uuid not null default uuidv7();
create unique index external_reference_id on kernel.external_reference (org_id, id);
-- One row never moves to another record: it is removed and made anew, and both stand in the audit.
revoke update on kernel.external_reference from lianshu_app;
