-- Where and how often a person is told by e-mail, in each organisation he works for.
create table notifications.mail_setting (
  org_id uuid not null,
  person_id uuid not null,
  id uuid generated always as (person_id) stored,
  -- Confirmed by a code that was sent there.
  email text,
  pending_email text,
  code_hash bytea,
  code_sent_at timestamptz,
  code_tries int not null default 0,
  normal_choice text not null default 'atOnce' check (normal_choice in ('atOnce', 'daily', 'none')),
  -- { kind: choice }
  choices jsonb not null default '{}',
  version int not null default 1,
  primary key (org_id, person_id)
);
select kernel.tenant_table('notifications.mail_setting');
select kernel.audited('notifications.mail_setting', 'code_hash');

-- What is to be mailed and what became of it: kept 90 days.
create table notifications.mail (
  org_id uuid not null,
  id uuid not null default uuidv7(),
  person_id uuid not null,
  kind text not null,
  facts jsonb not null,
  path text not null,
  mode text not null check (mode in ('atOnce', 'daily')),
  state text not null default 'waiting' check (state in ('waiting', 'sent', 'failed')),
  attempts int not null default 0,
  reason text,
  created_at timestamptz not null,
  due_at timestamptz not null,
  sent_at timestamptz,
  primary key (org_id, id)
);
create index mail_of_person on notifications.mail (org_id, person_id, created_at desc, id desc);
create index mail_for_digest on notifications.mail (due_at) where state = 'waiting' and mode = 'daily';
create index mail_age on notifications.mail (created_at);
select kernel.tenant_table('notifications.mail');
select kernel.system_access('notifications.mail', 'select, delete');
