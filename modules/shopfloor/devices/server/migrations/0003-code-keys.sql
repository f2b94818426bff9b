-- Codes are compared in small letters, byte by byte, in a column of their own: such a comparison is leakproof, so that the index serves under
-- the row-level policies too; lower(code) = … is not.
alter table devices.device add column code_key text collate "C" not null generated always as (lower(code)) stored;
drop index devices.device_code;
create unique index device_code on devices.device (org_id, code_key);
