create schema logistics;
grant usage on schema logistics to lianshu_app;

create table logistics.shipment (
  org_id uuid not null,
  id uuid not null default uuidv7(),
  name text not null,
  version int not null default 1,
  primary key (org_id, id),
  constraint shipment_name unique (org_id, name)
);
select kernel.tenant_table('logistics.shipment');
select kernel.audited('logistics.shipment');
