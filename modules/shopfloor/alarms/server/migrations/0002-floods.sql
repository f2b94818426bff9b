-- A flood of an area, which is a site; devices without a place are one area too. It ends at `ends_at` unless more is raised before.
create table alarms.flood (
  org_id uuid not null,
  id uuid not null default uuidv7(),
  site_id uuid,
  begun_at timestamptz not null,
  ends_at timestamptz not null check (ends_at > begun_at),
  raised int not null check (raised > 0),
  -- The first alarm of it: what came after is likely its consequence.
  first_alarm_id uuid not null,
  -- People got their one message of it: that it began, that nobody answers.
  told_at timestamptz,
  escalated_at timestamptz,
  primary key (org_id, id),
  foreign key (org_id, first_alarm_id) references alarms.alarm (org_id, id)
);
create index flood_of_site on alarms.flood (org_id, site_id, begun_at desc);
create index flood_by_end on alarms.flood (org_id, ends_at);
select kernel.tenant_table('alarms.flood');
revoke delete on alarms.flood from lianshu_app;

-- Of the last raise that somebody was told of. No foreign key: a flood names its first alarm by one, two tables that name each other can never
-- be emptied, and no flood is ever deleted.
alter table alarms.alarm add column flood_id uuid;
create index alarm_of_flood on alarms.alarm (org_id, flood_id) where flood_id is not null;

-- What somebody was told last in an area.
create index event_told_in_site on alarms.event (org_id, site_id, recorded_at desc, id desc) where kind = 'raised' and told;
