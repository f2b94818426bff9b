create schema gateways;
grant usage on schema gateways to lianshu_app, lianshu_system;

-- A device that speaks for others. Its code is copied from the register, where it never changes.
create table gateways.gateway (
  org_id uuid not null,
  device_id uuid not null,
  code text not null,
  -- Raised by every change of what the gateway reads.
  revision int not null default 1,
  backfill_samples_per_second int not null default 5000,
  created_at timestamptz not null,
  version int not null default 1,
  primary key (org_id, device_id)
);
create index gateway_by_code on gateways.gateway (org_id, code, device_id);
select kernel.tenant_table('gateways.gateway');
select kernel.audited('gateways.gateway');
select kernel.system_access('gateways.gateway', 'select, update');

create table gateways.link (
  org_id uuid not null,
  id uuid not null default uuidv7(),
  gateway_id uuid not null,
  name text not null,
  protocol text not null,
  connection jsonb not null,
  enabled boolean not null,
  created_at timestamptz not null,
  version int not null default 1,
  primary key (org_id, id),
  foreign key (org_id, gateway_id) references gateways.gateway (org_id, device_id)
);
create index link_of_gateway on gateways.link (org_id, gateway_id);
select kernel.tenant_table('gateways.link');
select kernel.audited('gateways.link');
select kernel.system_access('gateways.link', 'select');

-- Rows serve any number of equal devices. A thousand of them changed would leave a megabyte in the audit: a change is recorded there by
-- the names of the points that came, went and changed.
create table gateways.point_table (
  org_id uuid not null,
  id uuid not null default uuidv7(),
  name text not null,
  protocol text not null,
  model_code text not null,
  rows jsonb not null,
  created_at timestamptz not null,
  version int not null default 1,
  primary key (org_id, id)
);
create unique index point_table_name on gateways.point_table (org_id, lower(name));
create index point_table_by_name on gateways.point_table (org_id, name, id);
select kernel.tenant_table('gateways.point_table');
select kernel.audited('gateways.point_table', 'rows');

create table gateways.connection (
  org_id uuid not null,
  device_id uuid not null,
  code text not null,
  link_id uuid not null,
  unit jsonb not null,
  point_table_id uuid not null,
  source_time jsonb,
  sequence jsonb,
  enabled boolean not null,
  created_at timestamptz not null,
  version int not null default 1,
  primary key (org_id, device_id),
  foreign key (org_id, link_id) references gateways.link (org_id, id),
  foreign key (org_id, point_table_id) references gateways.point_table (org_id, id)
);
create unique index connection_unit on gateways.connection (org_id, link_id, unit);
create index connection_of_table on gateways.connection (org_id, point_table_id);
select kernel.tenant_table('gateways.connection');
select kernel.audited('gateways.connection');
select kernel.system_access('gateways.connection', 'select');

-- The last report of each gateway.
create table gateways.report (
  org_id uuid not null,
  gateway_id uuid not null,
  received_at timestamptz not null,
  status jsonb not null,
  primary key (org_id, gateway_id),
  foreign key (org_id, gateway_id) references gateways.gateway (org_id, device_id)
);
select kernel.tenant_table('gateways.report');

-- What a gateway is asked to do, taken by its long poll; forgotten soon after it expired.
create table gateways.command (
  org_id uuid not null,
  id uuid not null default uuidv7(),
  gateway_id uuid not null,
  request jsonb not null,
  answer jsonb,
  taken_at timestamptz,
  expires_at timestamptz not null,
  primary key (org_id, id),
  foreign key (org_id, gateway_id) references gateways.gateway (org_id, device_id)
);
create index command_waiting on gateways.command (org_id, gateway_id) where taken_at is null;
create index command_age on gateways.command (expires_at);
select kernel.tenant_table('gateways.command');
select kernel.system_access('gateways.command', 'select, delete');

create table gateways.log (
  org_id uuid not null,
  id uuid not null default uuidv7(),
  gateway_id uuid not null,
  at timestamptz not null,
  level text not null,
  code text not null,
  link_id uuid,
  device_code text,
  details jsonb not null,
  primary key (org_id, id),
  foreign key (org_id, gateway_id) references gateways.gateway (org_id, device_id)
);
create index log_by_time on gateways.log (org_id, gateway_id, at desc, id desc);
create index log_age on gateways.log (at);
select kernel.tenant_table('gateways.log');
select kernel.system_access('gateways.log', 'select, delete');
