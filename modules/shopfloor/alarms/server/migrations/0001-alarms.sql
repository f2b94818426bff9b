create schema alarms;
grant usage on schema alarms to lianshu_app, lianshu_system;

-- When an alarm is raised, and what it is for (ISA-18.2 §9, rationalisation). Of one device, or of every device of a thing model.
create table alarms.rule (
  org_id uuid not null,
  id uuid not null default uuidv7(),
  name text not null,
  name_en text,
  device_id uuid,
  model_code text,
  point_name text not null,
  condition jsonb not null,
  on_delay_s int not null check (on_delay_s between 0 and 3600),
  off_delay_s int not null check (off_delay_s between 0 and 3600),
  bad_quality text not null check (bad_quality in ('ignore', 'raise')),
  suppression jsonb,
  priority text not null check (priority in ('critical', 'high', 'medium', 'low')),
  latched boolean not null,
  cause text not null,
  consequence text not null,
  response text not null,
  response_minutes int check (response_minutes > 0),
  notify boolean not null,
  escalate_minutes int check (escalate_minutes > 0),
  created_at timestamptz not null,
  retired_at timestamptz,
  version int not null default 1,
  search_text text not null generated always as (lower(name || ' ' || coalesce(name_en, '') || ' ' || point_name)) stored,
  primary key (org_id, id),
  check (num_nonnulls(device_id, model_code) = 1)
);
create index rule_by_name on alarms.rule (org_id, name, id) where retired_at is null;
create index rule_of_device on alarms.rule (org_id, device_id) where retired_at is null;
select kernel.tenant_table('alarms.rule');
select kernel.audited('alarms.rule', 'search_text');
revoke delete on alarms.rule from lianshu_app;

-- A rule at a device: one alarm with one life. What the evaluation must know after a restart stands beside its state.
create table alarms.alarm (
  org_id uuid not null,
  id uuid not null default uuidv7(),
  rule_id uuid not null,
  device_id uuid not null,
  site_id uuid,
  measuring_point_id uuid,
  state text not null default 'normal' check (state in ('normal', 'unacknowledged', 'acknowledged', 'returnedUnacknowledged',
    'latchedUnacknowledged', 'latchedAcknowledged', 'shelved', 'suppressed', 'outOfService')),
  -- 1 critical to 4 low: sorts by itself.
  rank smallint not null check (rank between 1 and 4),
  active boolean not null default false,
  changed_ms bigint not null default -1,
  seen_received_ms bigint not null default -1,
  seen_at_ms bigint not null default -1,
  suppressed boolean not null default false,
  suppressed_received_ms bigint not null default -1,
  suppressed_at_ms bigint not null default -1,
  raised_at timestamptz,
  -- When it came into its state.
  since timestamptz not null,
  value double precision,
  first_out boolean not null default false,
  shelved_until timestamptz,
  reason text not null default '',
  escalated_at timestamptz,
  version int not null default 1,
  primary key (org_id, id),
  constraint alarm_once unique (org_id, rule_id, device_id),
  foreign key (org_id, rule_id) references alarms.rule (org_id, id),
  check (state <> 'shelved' or shelved_until is not null)
) with (fillfactor = 80);
create index alarm_standing on alarms.alarm (org_id, rank, raised_at desc, id) where state not in ('normal', 'shelved', 'suppressed', 'outOfService');
create index alarm_quiet on alarms.alarm (org_id, since, id) where state in ('shelved', 'suppressed', 'outOfService');
create index alarm_of_device on alarms.alarm (org_id, device_id);
select kernel.tenant_table('alarms.alarm');
-- Whose shelving ends and what is to be escalated is looked for over all organisations.
select kernel.system_access('alarms.alarm', 'select');
select kernel.system_access('alarms.rule', 'select');
revoke delete on alarms.alarm from lianshu_app;

-- What happened to an alarm. Never changed: KPIs, history and the answer to “who knew when” are made from it.
create table alarms.event (
  org_id uuid not null,
  id uuid not null default uuidv7(),
  alarm_id uuid not null,
  device_id uuid not null,
  site_id uuid,
  kind text not null check (kind in ('raised', 'returned', 'acknowledged', 'reset', 'shelved', 'unshelved', 'suppressed', 'unsuppressed',
    'removedFromService', 'returnedToService', 'withdrawn', 'escalated')),
  -- By the source's clock where a value decided.
  at timestamptz not null,
  recorded_at timestamptz not null,
  -- Found out after the fact: the evaluation was behind, or the value came late.
  late boolean not null,
  from_state text not null,
  to_state text not null,
  -- Somebody was told: a raise that was not shelved, suppressed or out of service.
  told boolean not null,
  rank smallint not null,
  value double precision,
  first_out boolean not null default false,
  actor_id text,
  actor_name text,
  comment text not null default '',
  until timestamptz,
  primary key (org_id, id),
  foreign key (org_id, alarm_id) references alarms.alarm (org_id, id)
);
create index event_by_time on alarms.event (org_id, at desc, id desc);
create index event_of_alarm on alarms.event (org_id, alarm_id, at desc);
create index event_told on alarms.event (org_id, at) where kind = 'raised' and told;
select kernel.tenant_table('alarms.event');
revoke update, delete on alarms.event from lianshu_app;

-- Up to when (received) all values were evaluated and their changes written; and which process does it. One row.
create table alarms.progress (
  id boolean primary key default true check (id),
  received_ms bigint not null,
  holder text not null,
  renewed_at timestamptz not null
);
select kernel.system_access('alarms.progress', 'select, insert, update');
create index alarm_shelved on alarms.alarm (shelved_until) where state = 'shelved';
create index alarm_unacknowledged on alarms.alarm (raised_at) where state = 'unacknowledged' and escalated_at is null;
