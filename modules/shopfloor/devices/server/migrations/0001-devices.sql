create schema devices;
grant usage on schema devices to lianshu_app, lianshu_system;
-- Exclusion constraints over (uuid =, period &&).
create extension if not exists btree_gist;

create table devices.thing_model (
  org_id uuid not null,
  id uuid not null default uuidv7(),
  code text not null,
  version_no int not null,
  name text not null,
  name_en text,
  description text not null,
  definition jsonb not null,
  created_at timestamptz not null,
  retired_at timestamptz,
  primary key (org_id, id),
  unique (org_id, code, version_no)
);
select kernel.tenant_table('devices.thing_model');
select kernel.audited('devices.thing_model');

create table devices.device (
  org_id uuid not null,
  id uuid not null default uuidv7(),
  code text not null,
  name text not null,
  name_en text,
  model_id uuid not null,
  maker text not null,
  model text not null,
  serial text not null,
  status text not null check (status in ('planned', 'active', 'maintenance', 'retired')),
  note text not null,
  created_at timestamptz not null,
  retired_at timestamptz,
  version int not null default 1,
  -- What a search looks through, any part of it. Row-level security bars LIKE from an index of its own (it is not leakproof), so a search
  -- walks an index led by the organisation in the order of the list and filters by this one column: 100,000 rows in some 50 ms.
  search_text text not null generated always as (lower(code || ' ' || name || ' ' || coalesce(name_en, '') || ' ' || maker || ' ' || model || ' ' || serial)) stored,
  primary key (org_id, id),
  foreign key (org_id, model_id) references devices.thing_model (org_id, id),
  check ((status = 'retired') = (retired_at is not null))
);
create unique index device_code on devices.device (org_id, lower(code));
create index device_by_code on devices.device (org_id, code, id);
create index device_by_name on devices.device (org_id, name, id);
create index device_by_age on devices.device (org_id, created_at, id);
create index device_by_status on devices.device (org_id, status, code, id);
create index device_of_model on devices.device (org_id, model_id);
select kernel.tenant_table('devices.device');
select kernel.audited('devices.device');
select kernel.system_access('devices.device', 'select');

-- Where a device stands: [valid_from, valid_until), the last one open. site_id is the node's, which never changes.
create table devices.placement (
  org_id uuid not null,
  id uuid not null default uuidv7(),
  device_id uuid not null,
  node_id uuid not null,
  site_id uuid not null,
  valid_from timestamptz not null,
  valid_until timestamptz check (valid_until > valid_from),
  primary key (org_id, id),
  foreign key (org_id, device_id) references devices.device (org_id, id),
  constraint placement_once exclude using gist (org_id with =, device_id with =, tstzrange(valid_from, valid_until) with &&)
);
create index placement_history on devices.placement (org_id, device_id, valid_from);
create unique index placement_now on devices.placement (org_id, device_id) where valid_until is null;
create index placement_at_node on devices.placement (org_id, node_id, device_id) where valid_until is null;
create index placement_at_site on devices.placement (org_id, site_id, device_id) where valid_until is null;
select kernel.tenant_table('devices.placement');
select kernel.audited('devices.placement');

-- The number of a device point's stream in the telemetry store, one for the whole platform, never used twice. A binding says for which
-- time the stream belongs to which measuring point: an exchange that is entered an hour late moves no sample.
create sequence devices.series as int;
grant usage on sequence devices.series to lianshu_app;

create table devices.point (
  org_id uuid not null,
  id uuid not null default uuidv7(),
  series int not null unique default nextval('devices.series'),
  device_id uuid not null,
  position int not null,
  name text not null,
  label text not null,
  label_en text,
  value_type text not null check (value_type in ('number', 'integer', 'boolean', 'string')),
  unit text,
  kind text not null check (kind in ('instant', 'counter', 'interval', 'state')),
  min double precision,
  max double precision,
  access text not null check (access in ('r', 'rw')),
  states jsonb,
  decimals int,
  primary key (org_id, id),
  foreign key (org_id, device_id) references devices.device (org_id, id),
  unique (org_id, device_id, name)
);
select kernel.tenant_table('devices.point');
select kernel.audited('devices.point');
select kernel.system_access('devices.point', 'select');

create table devices.measuring_point (
  org_id uuid not null,
  id uuid not null default uuidv7(),
  code text not null,
  name text not null,
  label text not null,
  label_en text,
  value_type text not null,
  unit text,
  kind text not null,
  states jsonb,
  decimals int,
  created_at timestamptz not null,
  retired_at timestamptz,
  version int not null default 1,
  search_text text not null generated always as (lower(code || ' ' || label || ' ' || coalesce(label_en, ''))) stored,
  primary key (org_id, id),
  unique (org_id, code)
);
create index measuring_point_by_code on devices.measuring_point (org_id, code, id);
create index measuring_point_by_label on devices.measuring_point (org_id, label, id);
select kernel.tenant_table('devices.measuring_point');
select kernel.audited('devices.measuring_point');

-- Which device point a measuring point's values come from: [valid_from, valid_until), one at a time on either side.
create table devices.binding (
  org_id uuid not null,
  id uuid not null default uuidv7(),
  measuring_point_id uuid not null,
  device_id uuid not null,
  point_id uuid not null,
  valid_from timestamptz not null,
  valid_until timestamptz check (valid_until > valid_from),
  primary key (org_id, id),
  foreign key (org_id, measuring_point_id) references devices.measuring_point (org_id, id),
  foreign key (org_id, device_id) references devices.device (org_id, id),
  foreign key (org_id, point_id) references devices.point (org_id, id),
  constraint binding_measuring_point_once exclude using gist (org_id with =, measuring_point_id with =, tstzrange(valid_from, valid_until) with &&),
  constraint binding_point_once exclude using gist (org_id with =, point_id with =, tstzrange(valid_from, valid_until) with &&)
);
create index binding_of_measuring_point on devices.binding (org_id, measuring_point_id, valid_from);
create index binding_of_device on devices.binding (org_id, device_id, point_id);
select kernel.tenant_table('devices.binding');
select kernel.audited('devices.binding');
select kernel.system_access('devices.binding', 'select');

create table devices.credential (
  org_id uuid not null,
  id uuid not null default uuidv7(),
  device_id uuid not null,
  -- SHA-256: the secret is 256 random bits of ours, no word of a person's.
  secret_hash bytea not null,
  created_at timestamptz not null,
  disabled_at timestamptz,
  primary key (org_id, id),
  foreign key (org_id, device_id) references devices.device (org_id, id)
);
create index credential_of_device on devices.credential (org_id, device_id) where disabled_at is null;
select kernel.tenant_table('devices.credential');
select kernel.audited('devices.credential', 'secret_hash');
select kernel.system_access('devices.credential', 'select');
