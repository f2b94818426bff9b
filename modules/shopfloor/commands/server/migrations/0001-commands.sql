create schema commands;
grant usage on schema commands to lianshu_app, lianshu_system;

-- Whether commands are switched on for a plant. No row: off.
create table commands.site_switch (
  org_id uuid not null,
  id uuid not null default uuidv7(),
  site_id uuid not null,
  on_since timestamptz,
  changed_at timestamptz not null,
  changed_by text not null,
  reason text not null,
  version int not null default 1,
  primary key (org_id, id),
  constraint site_switch_once unique (org_id, site_id)
);
select kernel.tenant_table('commands.site_switch');
select kernel.audited('commands.site_switch');
revoke delete on commands.site_switch from lianshu_app;

-- Points that may be written. No row: not.
create table commands.point (
  org_id uuid not null,
  id uuid not null default uuidv7(),
  device_id uuid not null,
  name text not null,
  setting jsonb not null,
  version int not null default 1,
  primary key (org_id, id),
  constraint point_once unique (org_id, device_id, name)
);
select kernel.tenant_table('commands.point');
select kernel.audited('commands.point');

-- 指令. What a device and its point were called and what was allowed then stays with it.
create table commands.command (
  org_id uuid not null,
  id uuid not null default uuidv7(),
  number text not null,
  device_id uuid not null,
  device_code text not null,
  device_name text not null,
  device_name_en text,
  site_id uuid not null,
  point_name text not null,
  point_words jsonb not null,
  setting jsonb not null,
  interlock_points jsonb not null,
  value jsonb not null,
  purpose text not null,
  state text not null,
  requested_by text not null,
  requested_by_name text not null,
  requested_at timestamptz not null,
  approved_by text,
  approved_by_name text,
  gateway_command_id uuid,
  value_before jsonb,
  read_back jsonb,
  differs boolean not null default false,
  outcome text,
  outcome_details jsonb not null default '{}',
  due_at timestamptz,
  ended_at timestamptz,
  search_text text not null,
  version int not null default 1,
  primary key (org_id, id),
  unique (org_id, number),
  constraint two_persons check (approved_by is null or approved_by <> requested_by),
  check ((state in ('awaitingApproval', 'queued', 'sent')) = (due_at is not null)),
  check (state not in ('queued', 'sent') or gateway_command_id is not null)
);
create index command_by_time on commands.command (org_id, requested_at, id);
create index command_of_device on commands.command (org_id, device_id, requested_at, id);
create index command_waiting on commands.command (org_id, requested_at, id) where state = 'awaitingApproval';
create index command_unknown on commands.command (org_id, requested_at, id) where state = 'unknown';
create index command_of_gateway on commands.command (org_id, gateway_command_id) where gateway_command_id is not null;
create index command_due on commands.command (due_at) where due_at is not null;
-- Two people at one knob: the second one waits for what came of the first one's.
create unique index command_open on commands.command (org_id, device_id, point_name) where state in ('awaitingApproval', 'queued', 'sent');
select kernel.tenant_table('commands.command');
select kernel.audited('commands.command', 'search_text');
select kernel.system_access('commands.command', 'select');
revoke update, delete on commands.command from lianshu_app;
-- What was asked for does not change.
grant update (state, approved_by, approved_by_name, gateway_command_id, value_before, read_back, differs, outcome, outcome_details, due_at, ended_at, version)
  on commands.command to lianshu_app;

create table commands.step (
  org_id uuid not null,
  id uuid not null default uuidv7(),
  command_id uuid not null,
  action text not null,
  at timestamptz not null,
  by_name text,
  note text not null,
  primary key (org_id, id),
  foreign key (org_id, command_id) references commands.command (org_id, id)
);
create index step_of_command on commands.step (org_id, command_id, at, id);
select kernel.tenant_table('commands.step');
select kernel.audited('commands.step');
revoke update, delete on commands.step from lianshu_app;
