-- How long an organisation keeps its values, in whole months behind the running one; null: for ever. Without a row, or with own false, the
-- operator's default holds.
create table telemetry.retention (
  org_id uuid primary key,
  own boolean not null,
  raw_months int,
  minute_months int,
  hour_months int,
  changed_at timestamptz not null,
  version int not null default 1
);
select kernel.tenant_table('telemetry.retention');
select kernel.audited('telemetry.retention');
select kernel.system_access('telemetry.retention', 'select');

-- How far the deletion has come, by organisation and kind of data. It only ever goes forward, whatever the setting becomes: what is gone is gone.
create table telemetry.retention_horizon (
  org_id uuid not null,
  org_no int not null,
  tier text not null check (tier in ('raw', 'minute', 'hour')),
  -- Samples before this are refused, so that none comes for an hour whose others are about to go.
  refused_before timestamptz not null,
  refused_since timestamptz not null,
  -- Set before the first row goes: sums before this are never made anew from what is left.
  deleting_before timestamptz check (deleting_before <= refused_before),
  gone_before timestamptz check (gone_before <= deleting_before),
  primary key (org_id, tier)
);
select kernel.tenant_table('telemetry.retention_horizon');
revoke insert, update, delete on telemetry.retention_horizon from lianshu_app;
select kernel.system_access('telemetry.retention_horizon', 'select, insert, update');
