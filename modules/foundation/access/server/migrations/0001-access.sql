create schema access;
grant usage on schema access to lianshu_app, lianshu_system;

-- ---------------------------------------------------------------- persons: of no organisation, so only the system role sees them
create table access.person (
  id uuid primary key default uuidv7(),
  login text not null,
  -- Whose administrators may reset the password, and whose policy it must meet.
  home_org uuid not null,
  -- PHC string of argon2id.
  password_hash text not null,
  password_set_at timestamptz not null,
  must_change_password boolean not null,
  locale text not null default 'zh-CN' check (locale in ('zh-CN', 'en-US')),
  -- Where the next session starts.
  current_org uuid not null,
  created_at timestamptz not null,
  constraint person_login unique (login)
);
select kernel.system_access('access.person', 'select, insert, update');
select kernel.audited('access.person', 'password_hash');

create table access.password_history (
  person_id uuid not null references access.person (id),
  set_at timestamptz not null,
  password_hash text not null,
  primary key (person_id, set_at)
);
select kernel.system_access('access.password_history', 'select, insert, delete');

-- ---------------------------------------------------------------- an organisation's users, roles, clients, policy
create table access.membership (
  org_id uuid not null,
  person_id uuid not null references access.person (id),
  id uuid generated always as (person_id) stored,
  -- As in person; it never changes. Here, so that a list of users needs no table of all persons.
  login text not null,
  display_name text not null,
  role_ids uuid[] not null,
  -- Empty: all sites.
  site_ids uuid[] not null,
  active boolean not null default true,
  created_at timestamptz not null,
  version int not null default 1,
  primary key (org_id, person_id)
);
create index membership_of_person on access.membership (person_id);
select kernel.tenant_table('access.membership');
select kernel.audited('access.membership');
select kernel.system_access('access.membership', 'select, insert');
revoke delete on access.membership from lianshu_app;

-- An organisation's own roles; the built-in ones stand in the modules' contracts.
create table access.role (
  org_id uuid not null,
  id uuid not null default uuidv7(),
  name text not null,
  permissions text[] not null,
  version int not null default 1,
  primary key (org_id, id),
  constraint role_name unique (org_id, name)
);
select kernel.tenant_table('access.role');
select kernel.audited('access.role');
select kernel.system_access('access.role', 'select');

create table access.api_client (
  org_id uuid not null,
  id uuid not null default uuidv7(),
  name text not null,
  -- sha256 of 256 random bits.
  secret_hash bytea not null,
  scopes text[] not null,
  site_ids uuid[] not null,
  active boolean not null default true,
  created_at timestamptz not null,
  version int not null default 1,
  primary key (org_id, id),
  constraint client_name unique (org_id, name)
);
create unique index api_client_id on access.api_client (id);
select kernel.tenant_table('access.api_client');
select kernel.audited('access.api_client', 'secret_hash');
select kernel.system_access('access.api_client', 'select');
revoke delete on access.api_client from lianshu_app;

create table access.policy (
  org_id uuid primary key,
  profile text not null check (profile in ('mlps3', 'asvs')),
  version int not null default 1
);
select kernel.tenant_table('access.policy');
select kernel.audited('access.policy');
select kernel.system_access('access.policy', 'select');
revoke delete on access.policy from lianshu_app;

-- When a user or a client was last at work; apart, so that it does not fill the audit.
create table access.presence (
  org_id uuid not null,
  subject_id uuid not null,
  last_seen_at timestamptz not null,
  primary key (org_id, subject_id)
);
select kernel.tenant_table('access.presence');
select kernel.system_access('access.presence', 'select, insert, update');
revoke insert, update, delete on access.presence from lianshu_app;

-- ---------------------------------------------------------------- sessions and tokens: written by the system role
create table access.session (
  id uuid primary key default uuidv7(),
  token_hash bytea not null unique,
  person_id uuid not null references access.person (id),
  org_id uuid not null,
  started_at timestamptz not null,
  last_seen_at timestamptz not null,
  address text not null,
  user_agent text not null
);
create index session_of_person on access.session (person_id);
create index session_of_org on access.session (org_id, last_seen_at desc);
select kernel.tenant_table('access.session');
select kernel.system_access('access.session', 'select, insert, update, delete');
revoke select, insert, update, delete on access.session from lianshu_app;
grant select (id, person_id, org_id, started_at, last_seen_at, address, user_agent) on access.session to lianshu_app;

create table access.access_token (
  token_hash bytea primary key,
  org_id uuid not null,
  client_id uuid not null,
  scopes text[] not null,
  expires_at timestamptz not null
);
create index access_token_of_client on access.access_token (client_id);
create index access_token_age on access.access_token (expires_at);
select kernel.system_access('access.access_token', 'select, insert, delete');

-- Wrong passwords by account and address, and by address alone (account '*'), whether the account exists or not.
create table access.login_guard (
  account text not null,
  address text not null,
  window_start timestamptz not null,
  failures int not null,
  locks int not null,
  last_failure_at timestamptz not null,
  locked_until timestamptz,
  primary key (account, address)
);
create index login_guard_age on access.login_guard (last_failure_at);
select kernel.system_access('access.login_guard', 'select, insert, update, delete');
