-- The values themselves stand in ClickHouse (server/clickhouse); here is what must be exact and transactional about them.
create schema telemetry;
grant usage on schema telemetry to lianshu_app, lianshu_system;

-- How far the sums of whole minutes and hours reach, for the whole platform. One row.
create table telemetry.rollup_state (
  id boolean primary key default true check (id),
  minutes_until timestamptz not null,
  hours_until timestamptz not null,
  check (hours_until <= minutes_until)
);
select kernel.system_access('telemetry.rollup_state', 'select, insert, update');

-- Hours of a series that got a sample after one of their minutes had been summed up. A mark is removed only at the version that was read
-- before the samples were, so a sample that comes meanwhile is never forgotten.
create sequence telemetry.mark_version;
create table telemetry.dirty_hour (
  org_no int not null,
  series int not null,
  -- Hours since 1970-01-01T00:00Z.
  hour int not null,
  version bigint not null,
  primary key (org_no, series, hour)
);
create index dirty_hour_order on telemetry.dirty_hour (version);
select kernel.system_access('telemetry.dirty_hour', 'select, insert, update, delete');
-- Version of a recomputed sum: the later one wins in ClickHouse whatever the clocks say.
create sequence telemetry.rollup_version;
grant usage on sequence telemetry.mark_version, telemetry.rollup_version to lianshu_system;

-- What the ingest stored, refused and noticed, by device and hour.
create table telemetry.ingest_counter (
  org_id uuid not null,
  hour timestamptz not null,
  -- The code the device called itself by: it need not exist.
  device text not null,
  count_of text not null,
  n bigint not null,
  last_at timestamptz not null,
  primary key (org_id, hour, device, count_of)
);
select kernel.tenant_table('telemetry.ingest_counter');
revoke insert, update, delete on telemetry.ingest_counter from lianshu_app;
select kernel.system_access('telemetry.ingest_counter', 'select, insert, update, delete');

-- The last refused pieces of each organisation and reason, with their text.
create table telemetry.quarantine (
  org_id uuid not null,
  id uuid not null default uuidv7(),
  at timestamptz not null,
  reason text not null,
  device text not null,
  point text,
  piece text not null,
  primary key (org_id, id)
);
create index quarantine_by_time on telemetry.quarantine (org_id, at desc, id);
create index quarantine_by_reason on telemetry.quarantine (org_id, reason, id desc);
select kernel.tenant_table('telemetry.quarantine');
revoke insert, update, delete on telemetry.quarantine from lianshu_app;
select kernel.system_access('telemetry.quarantine', 'select, insert, delete');
