create schema materials;
grant usage on schema materials to lianshu_app;

create table materials.material (
  org_id uuid not null,
  id uuid not null default uuidv7(),
  name text not null,
  version int not null default 1,
  primary key (org_id, id),
  constraint material_name unique (org_id, name)
);
select kernel.tenant_table('materials.material');
select kernel.audited('materials.material');
