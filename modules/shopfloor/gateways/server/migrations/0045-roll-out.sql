-- A saved state of a table's rows, never changed: each device says by which of them it is read.
create table gateways.point_table_revision (
  org_id uuid not null,
  point_table_id uuid not null,
  version int not null,
  rows jsonb not null,
  created_at timestamptz not null,
  primary key (org_id, point_table_id, version),
  foreign key (org_id, point_table_id) references gateways.point_table (org_id, id) on delete cascade
);
select kernel.tenant_table('gateways.point_table_revision');
revoke update on gateways.point_table_revision from lianshu_app;

-- The owner of the tables is bound by their policies as well, and belongs to no organisation: for this once it is not.
alter table gateways.point_table no force row level security;
alter table gateways.connection no force row level security;
alter table gateways.point_table_revision no force row level security;
insert into gateways.point_table_revision (org_id, point_table_id, version, rows, created_at)
  select org_id, id, version, rows, created_at from gateways.point_table;

select kernel.audited('gateways.point_table_revision', 'rows');

alter table gateways.connection add column table_version int;
alter table gateways.connection disable trigger audit_row;
update gateways.connection c set table_version = t.version
  from gateways.point_table t where t.org_id = c.org_id and t.id = c.point_table_id;
alter table gateways.connection enable trigger audit_row;
alter table gateways.connection alter column table_version set not null;
alter table gateways.connection add constraint connection_revision foreign key (org_id, point_table_id, table_version)
  references gateways.point_table_revision (org_id, point_table_id, version);
alter table gateways.point_table force row level security;
alter table gateways.connection force row level security;
alter table gateways.point_table_revision force row level security;

-- A revision on its way to the devices of its table, batch by batch.
create table gateways.roll_out (
  org_id uuid not null,
  id uuid not null default uuidv7(),
  point_table_id uuid not null,
  to_version int not null,
  batch_size int not null check (batch_size between 1 and 500),
  -- canary: the first device alone, then a person decides
  state text not null check (state in ('canary', 'paused', 'running', 'stopped', 'done', 'rolledBack')),
  -- Who started it, with what he may do: the work goes on after his request is over.
  acting jsonb not null,
  started_at timestamptz not null,
  ended_at timestamptz,
  version int not null default 1,
  primary key (org_id, id),
  foreign key (org_id, point_table_id) references gateways.point_table (org_id, id) on delete cascade
);
create unique index roll_out_open on gateways.roll_out (org_id, point_table_id) where state in ('canary', 'paused', 'running');
create index roll_out_waiting on gateways.roll_out (started_at) where state in ('canary', 'running');
create index roll_out_of_table on gateways.roll_out (org_id, point_table_id, started_at desc);
select kernel.tenant_table('gateways.roll_out');
select kernel.audited('gateways.roll_out', 'acting');
select kernel.system_access('gateways.roll_out', 'select');

create table gateways.roll_out_device (
  org_id uuid not null,
  roll_out_id uuid not null,
  device_id uuid not null,
  code text not null,
  from_version int not null,
  state text not null check (state in ('waiting', 'done', 'failed', 'rolledBack')),
  -- { code, details } of why it failed.
  reason jsonb,
  primary key (org_id, roll_out_id, device_id),
  foreign key (org_id, roll_out_id) references gateways.roll_out (org_id, id) on delete cascade
);
select kernel.tenant_table('gateways.roll_out_device');
select kernel.audited('gateways.roll_out_device');
