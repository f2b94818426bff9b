create schema programme;
grant usage on schema programme to lianshu_app, lianshu_system;

-- The leader's settings; no row: the defaults.
create table programme.setting (
  org_id uuid primary key,
  -- Of the supplier's own working days in the last 30 days, on so many something valid must have come.
  min_days int not null check (min_days between 1 and 22),
  version int not null default 1
);
select kernel.tenant_table('programme.setting');
select kernel.audited('programme.setting');
select kernel.system_access('programme.setting', 'select');
revoke delete on programme.setting from lianshu_app;

-- A supplier in a leader's programme. Before an enterprise that was not on the platform is admitted it has no organisation.
create table programme.partner (
  id uuid primary key default uuidv7(),
  buyer_org uuid not null,
  supplier_org uuid,
  name text not null,
  credit_code text not null,
  contact_name text not null,
  contact_phone text,
  contact_email text,
  -- What it delivers.
  delivers text,
  state text not null check (state in ('invited', 'applied', 'underReview', 'admitted', 'suspended', 'exited', 'refused', 'withdrawn')),
  tier text check (tier in ('strategic', 'preferred', 'approved', 'probation')),
  -- Why it stands where it stands, as the side that moved it last said.
  reason text,
  contract_no text,
  contract_from date,
  contract_until date check (contract_until >= contract_from),
  admitted_on date,
  created_at timestamptz not null,
  version int not null default 1,
  constraint partner_credit_code unique (buyer_org, credit_code),
  check (buyer_org <> supplier_org),
  check (state not in ('admitted', 'suspended') or (supplier_org is not null and tier is not null and admitted_on is not null))
);
create unique index partner_organisation on programme.partner (buyer_org, supplier_org) where supplier_org is not null;
create index partner_of_buyer on programme.partner (buyer_org, created_at desc, id desc);
create index partner_of_supplier on programme.partner (supplier_org) where supplier_org is not null;
select kernel.two_party_table('programme.partner', 'buyer_org', 'supplier_org');
select kernel.audited('programme.partner');
select kernel.system_access('programme.partner', 'select');
grant update (supplier_org) on programme.partner to lianshu_system;
revoke update, delete on programme.partner from lianshu_app;
grant update (name, contact_name, contact_phone, contact_email, delivers, state, tier, reason, contract_no, contract_from, contract_until, admitted_on,
  version) on programme.partner to lianshu_app;
create policy buyer_invites on programme.partner as restrictive for insert to lianshu_app
  with check (buyer_org = (select nullif(current_setting('app.org', true), '')::uuid));

-- What the supplier may change of its own place: its application, its leaving. All else is the leader's.
create function programme.keep_sides() returns trigger language plpgsql as $$
begin
  if current_user = 'lianshu_app' and kernel.current_org() is distinct from old.buyer_org then
    if new.state is distinct from old.state and new.state not in ('applied', 'withdrawn', 'exited') then
      raise exception 'programme: only the leader admits, reviews and suspends';
    end if;
    if (new.tier, new.contract_no, new.contract_from, new.contract_until, new.admitted_on)
      is distinct from (old.tier, old.contract_no, old.contract_from, old.contract_until, old.admitted_on) then
      raise exception 'programme: tier and contract are the leader''s to set';
    end if;
  end if;
  return new;
end $$;
create trigger keep_sides before update on programme.partner for each row execute function programme.keep_sides();

-- One link for an enterprise that is not on the platform; the token itself is known to nobody but who was sent it.
create table programme.invitation (
  org_id uuid not null,
  id uuid not null default uuidv7(),
  partner_id uuid not null references programme.partner (id),
  token_hash bytea not null unique,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  -- An application came by it, or a newer link took its place.
  used_at timestamptz,
  revoked_at timestamptz,
  attempts int not null default 0,
  primary key (org_id, id)
);
create index invitation_of_partner on programme.invitation (org_id, partner_id, created_at desc);
select kernel.tenant_table('programme.invitation');
select kernel.audited('programme.invitation', 'token_hash');
select kernel.system_access('programme.invitation', 'select');
grant update (attempts) on programme.invitation to lianshu_system;
revoke select, update, delete on programme.invitation from lianshu_app;
grant select (org_id, id, partner_id, created_at, expires_at, used_at, revoked_at) on programme.invitation to lianshu_app;
grant update (revoked_at, used_at) on programme.invitation to lianshu_app;

-- The first person of an enterprise that applies, until it is admitted: read and written by the system role alone.
create table programme.pending_login (
  org_id uuid not null,
  partner_id uuid primary key references programme.partner (id),
  login text not null,
  display_name text not null,
  password_hash text not null
);
select kernel.system_access('programme.pending_login', 'select, insert, update, delete');
select kernel.audited('programme.pending_login', 'password_hash');

create table programme.application (
  partner_id uuid primary key references programme.partner (id),
  buyer_org uuid not null,
  supplier_org uuid,
  name text not null,
  name_en text,
  industry text,
  city text,
  employees int not null check (employees >= 0),
  revenue_wan bigint not null check (revenue_wan >= 0),
  delivers text not null,
  capacity text,
  contact_name text not null,
  contact_phone text not null,
  contact_email text,
  applied_at timestamptz not null,
  version int not null default 1
);
create index application_of_buyer on programme.application (buyer_org);
create index application_of_supplier on programme.application (supplier_org);
select kernel.two_party_table('programme.application', 'buyer_org', 'supplier_org');
select kernel.audited('programme.application');
select kernel.system_access('programme.application', 'select');
grant update (supplier_org) on programme.application to lianshu_system;
revoke delete on programme.application from lianshu_app;
-- Of an enterprise without an organisation it is written in the leader's name, on the word of whoever holds the link.
create policy supplier_adds on programme.application as restrictive for insert to lianshu_app
  with check (coalesce(supplier_org, buyer_org) = (select nullif(current_setting('app.org', true), '')::uuid));
create policy supplier_changes on programme.application as restrictive for update to lianshu_app
  using (coalesce(supplier_org, buyer_org) = (select nullif(current_setting('app.org', true), '')::uuid));

-- Licences and certificates. The file's facts stand here as well, so that the other side can open it without the uploader's rows.
create table programme.certificate (
  id uuid primary key default uuidv7(),
  partner_id uuid not null references programme.partner (id),
  buyer_org uuid not null,
  supplier_org uuid,
  -- Whose file it is; the leader's for what comes with an application by link.
  added_org uuid not null,
  added_by text,
  kind text not null,
  number text not null,
  valid_from date,
  valid_until date check (valid_until >= valid_from),
  file_id uuid not null,
  file_name text not null,
  media_type text not null,
  bytes bigint not null,
  sha256 text not null,
  object_key text not null,
  created_at timestamptz not null,
  removed_at timestamptz,
  version int not null default 1
);
create index certificate_of_partner on programme.certificate (partner_id) where removed_at is null;
create index certificate_ends_buyer on programme.certificate (buyer_org, valid_until) where removed_at is null;
create index certificate_ends_supplier on programme.certificate (supplier_org, valid_until) where removed_at is null;
select kernel.two_party_table('programme.certificate', 'buyer_org', 'supplier_org');
select kernel.audited('programme.certificate', 'object_key');
select kernel.system_access('programme.certificate', 'select');
grant update (supplier_org) on programme.certificate to lianshu_system;
revoke update, delete on programme.certificate from lianshu_app;
grant update (removed_at, version) on programme.certificate to lianshu_app;
create policy own_file on programme.certificate as restrictive for insert to lianshu_app
  with check (added_org = (select nullif(current_setting('app.org', true), '')::uuid));
create policy own_change on programme.certificate as restrictive for update to lianshu_app
  using (added_org = (select nullif(current_setting('app.org', true), '')::uuid));

-- What happened, for both sides; nothing of it changes.
create table programme.history (
  id uuid primary key default uuidv7(),
  partner_id uuid not null references programme.partner (id),
  buyer_org uuid not null,
  supplier_org uuid,
  side text not null check (side in ('buyer', 'supplier')),
  action text not null,
  state text not null,
  tier text,
  reason text,
  actor text,
  at timestamptz not null
);
create index history_of_partner on programme.history (partner_id, id desc);
create index history_of_buyer on programme.history (buyer_org);
create index history_of_supplier on programme.history (supplier_org);
select kernel.two_party_table('programme.history', 'buyer_org', 'supplier_org');
select kernel.audited('programme.history');
select kernel.system_access('programme.history', 'select');
grant update (supplier_org) on programme.history to lianshu_system;
revoke update, delete on programme.history from lianshu_app;

-- On which days the supplier was connected, by way: counted in the supplier's own name, told to the leader as days and nothing more.
create table programme.connection (
  partner_id uuid not null references programme.partner (id),
  id uuid generated always as (partner_id) stored,
  buyer_org uuid not null,
  supplier_org uuid not null,
  way text not null check (way in ('device', 'system', 'portal')),
  first_day date,
  window_from date not null,
  window_until date not null,
  -- Within the window: days with something valid, and the supplier's own working days.
  days date[] not null,
  workdays date[] not null,
  -- The supplier's plant has a calendar; else Monday to Friday.
  own_calendar boolean not null,
  checked_at timestamptz not null,
  primary key (partner_id, way)
);
create index connection_of_buyer on programme.connection (buyer_org);
create index connection_of_supplier on programme.connection (supplier_org);
select kernel.two_party_table('programme.connection', 'buyer_org', 'supplier_org');
select kernel.audited('programme.connection');
select kernel.system_access('programme.connection', 'select');
revoke delete on programme.connection from lianshu_app;
create policy supplier_counts on programme.connection as restrictive for insert to lianshu_app
  with check (supplier_org = (select nullif(current_setting('app.org', true), '')::uuid));
create policy supplier_recounts on programme.connection as restrictive for update to lianshu_app
  using (supplier_org = (select nullif(current_setting('app.org', true), '')::uuid));
