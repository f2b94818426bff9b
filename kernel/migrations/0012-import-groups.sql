-- Rows that are written together or not at all; the first of them names the unit. A row that belongs to none is a unit of its own.
alter table kernel.import_row add column first_row int;
alter table kernel.import_row add column unit_no int not null generated always as (coalesce(first_row, row_no)) stored;

drop index kernel.import_row_waiting;
create index import_row_waiting on kernel.import_row (org_id, import_id, unit_no, row_no) where problems is null and result_id is null;
create index import_row_unit on kernel.import_row (org_id, import_id, unit_no, row_no) where first_row is not null;
