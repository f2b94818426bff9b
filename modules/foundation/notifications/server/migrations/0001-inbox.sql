create schema notifications;
grant usage on schema notifications to lianshu_app, lianshu_system;

-- A person's inbox: one row per subject, renewed when there is news of it again.
create table notifications.message (
  org_id uuid not null,
  id uuid not null default uuidv7(),
  person_id uuid not null,
  -- `sharing.granted`: its words are the module's.
  kind text not null,
  subject text not null,
  facts jsonb not null,
  path text not null check (path like '/%'),
  -- How often there was news since it was last read.
  times int not null default 1,
  -- The event that it was written for; a second delivery of the same changes nothing.
  event_id bigint,
  told_at timestamptz not null,
  read_at timestamptz,
  primary key (org_id, id),
  constraint message_subject unique (org_id, person_id, kind, subject)
);
create index message_of_person on notifications.message (org_id, person_id, told_at desc, id desc);
create index message_unread on notifications.message (org_id, person_id, told_at desc, id desc) where read_at is null;
create index message_age on notifications.message (told_at);
select kernel.tenant_table('notifications.message');
select kernel.system_access('notifications.message', 'select, delete');
