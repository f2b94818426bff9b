-- How far each organisation's audit chain reaches. A chain cannot tell by itself that its last rows are gone: its end is kept here.
create table kernel.audit_head (
  -- Null: the chain of what belongs to no organisation.
  org_id uuid unique nulls not distinct,
  chain_no bigint not null,
  hash bytea not null
);
select kernel.system_access('kernel.audit_head', 'select, insert, update');

alter table kernel.audit no force row level security;
alter table kernel.audit_head no force row level security;
insert into kernel.audit_head (org_id, chain_no, hash)
  select distinct on (org_id) org_id, chain_no, hash from kernel.audit where chain_no is not null order by org_id, chain_no desc;
alter table kernel.audit force row level security;
alter table kernel.audit_head force row level security;
