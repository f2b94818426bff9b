create schema inventory;
grant usage on schema inventory to lianshu_app;

create table inventory.location (
  org_id uuid not null,
  id uuid not null default uuidv7(),
  name text not null,
  version int not null default 1,
  primary key (org_id, id),
  constraint location_name unique (org_id, name)
);
select kernel.tenant_table('inventory.location');
select kernel.audited('inventory.location');
