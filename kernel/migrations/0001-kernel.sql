-- What every module stands on: audit, outbox, idempotency keys, external references, and the functions by which a module's
-- migration makes a table safe in one line. Schema kernel belongs to the owner; app and system get what is written here and no more.
create schema if not exists kernel;
grant usage on schema kernel to lianshu_app, lianshu_system;

-- ---------------------------------------------------------------- who acts, from the transaction's settings
create function kernel.current_org() returns uuid language sql stable parallel safe
  as $$ select nullif(current_setting('app.org', true), '')::uuid $$;
create function kernel.current_actor() returns jsonb language sql stable parallel safe
  as $$ select coalesce(nullif(current_setting('app.actor', true), ''), '{"kind":"system"}')::jsonb $$;

-- ---------------------------------------------------------------- audit: append-only, chained per organisation
create table kernel.audit (
  id bigint generated always as identity primary key,
  org_id uuid,
  xid xid8 not null default pg_current_xact_id(),
  at timestamptz not null default clock_timestamp(),
  actor jsonb not null,
  trace text,
  action text not null,
  entity text not null,
  entity_id text,
  before jsonb,
  after jsonb,
  -- Position and hash in the organisation's chain, written by one worker in (xid, id) order.
  chain_no bigint,
  hash bytea
);
create index audit_unchained on kernel.audit (xid, id) where hash is null;
create unique index audit_chain on kernel.audit (org_id, chain_no) nulls not distinct where chain_no is not null;
create index audit_by_time on kernel.audit (org_id, at desc, id desc);
create index audit_by_entity on kernel.audit (org_id, entity, entity_id, id);
alter table kernel.audit enable row level security;
alter table kernel.audit force row level security;
create policy own_rows on kernel.audit for select to lianshu_app using (org_id = (select kernel.current_org()));
create policy append on kernel.audit for insert to lianshu_owner with check (true);
create policy chain_read on kernel.audit for select to lianshu_system using (true);
create policy chain_write on kernel.audit for update to lianshu_system using (hash is null) with check (hash is not null);
grant select on kernel.audit to lianshu_app, lianshu_system;
grant update (chain_no, hash) on kernel.audit to lianshu_system;

-- The text that is hashed: every column but the chain's own, in a fixed order, jsonb being canonical in PostgreSQL.
create function kernel.audit_text(a kernel.audit) returns text language sql immutable
  as $$ select jsonb_build_array(a.id, a.org_id, a.xid::text, extract(epoch from a.at)::text, a.actor, a.trace, a.action, a.entity, a.entity_id, a.before, a.after)::text $$;
grant execute on function kernel.audit_text to lianshu_app, lianshu_system;

create function kernel.audit_event(action text, entity text, entity_id text, before jsonb, after jsonb) returns void
  language sql security definer set search_path = pg_catalog, kernel
  as $$ insert into kernel.audit (org_id, actor, trace, action, entity, entity_id, before, after)
        values (kernel.current_org(), kernel.current_actor(), nullif(current_setting('app.trace', true), ''), action, entity, entity_id, before, after) $$;
revoke execute on function kernel.audit_event from public;
grant execute on function kernel.audit_event to lianshu_app, lianshu_system;

-- Every write to a business table leaves a row here; columns named in the trigger's arguments are kept out (secrets).
create function kernel.audit_row() returns trigger language plpgsql security definer set search_path = pg_catalog, kernel as $$
declare
  old_row jsonb := case when tg_op <> 'INSERT' then to_jsonb(old) end;
  new_row jsonb := case when tg_op <> 'DELETE' then to_jsonb(new) end;
  hidden text;
begin
  foreach hidden in array coalesce(tg_argv, '{}') loop
    if old_row ? hidden then old_row := jsonb_set(old_row, array[hidden], '"[hidden]"'); end if;
    if new_row ? hidden then new_row := jsonb_set(new_row, array[hidden], case when tg_op = 'UPDATE' and to_jsonb(old)->hidden is distinct from to_jsonb(new)->hidden then '"[changed]"'::jsonb else '"[hidden]"'::jsonb end); end if;
  end loop;
  if tg_op = 'UPDATE' and old_row = new_row then return null; end if;
  insert into kernel.audit (org_id, actor, trace, action, entity, entity_id, before, after)
  values (coalesce(kernel.current_org(), (coalesce(new_row, old_row)->>'org_id')::uuid), kernel.current_actor(), nullif(current_setting('app.trace', true), ''),
          lower(tg_op), tg_table_schema || '.' || tg_table_name, coalesce(new_row, old_row)->>'id', old_row, new_row);
  return null;
end $$;

-- ---------------------------------------------------------------- what a module's migration calls
create function kernel.audited(tab regclass, variadic hidden text[] default '{}') returns void language plpgsql as $$
begin
  execute format('create trigger audit_row after insert or update or delete on %s for each row execute function kernel.audit_row(%s)',
    tab, (select coalesce(string_agg(quote_literal(h), ','), '') from unnest(hidden) h));
end $$;

-- A table whose rows belong to one organisation (column org_id): the app sees the current organisation's rows and no others.
create function kernel.tenant_table(tab regclass) returns void language plpgsql as $$
begin
  execute format('alter table %s enable row level security', tab);
  execute format('alter table %s force row level security', tab);
  execute format('create policy own_rows on %s to lianshu_app using (org_id = (select nullif(current_setting(''app.org'', true), '''')::uuid)) with check (org_id = (select nullif(current_setting(''app.org'', true), '''')::uuid))', tab);
  execute format('grant select, insert, update, delete on %s to lianshu_app', tab);
end $$;

-- A document of two parties: both see it.
create function kernel.two_party_table(tab regclass, side1 text, side2 text) returns void language plpgsql as $$
begin
  execute format('alter table %s enable row level security', tab);
  execute format('alter table %s force row level security', tab);
  execute format('create policy both_parties on %s to lianshu_app using ((select nullif(current_setting(''app.org'', true), '''')::uuid) in (%2$I, %3$I)) with check ((select nullif(current_setting(''app.org'', true), '''')::uuid) in (%2$I, %3$I))', tab, side1, side2);
  execute format('grant select, insert, update, delete on %s to lianshu_app', tab);
end $$;

-- What the system role may do with a table, and only that: reading device identities, keeping sessions.
create function kernel.system_access(tab regclass, rights text) returns void language plpgsql as $$
begin
  execute format('alter table %s enable row level security', tab);
  execute format('alter table %s force row level security', tab);
  execute format('create policy system_role on %s to lianshu_system using (true) with check (true)', tab);
  execute format('grant %s on %s to lianshu_system', rights, tab);
end $$;

-- ---------------------------------------------------------------- outbox
create table kernel.outbox (
  id bigint generated always as identity primary key,
  org_id uuid not null,
  xid xid8 not null default pg_current_xact_id(),
  name text not null,
  version int not null,
  key text not null,
  payload jsonb not null,
  actor jsonb not null,
  trace text,
  occurred_at timestamptz not null
);
create index outbox_order on kernel.outbox (xid, id);
select kernel.tenant_table('kernel.outbox');
revoke update, delete, select on kernel.outbox from lianshu_app;
select kernel.system_access('kernel.outbox', 'select, delete');
-- The reader stands below the oldest running transaction: a cursor by id alone passes rows that commit later.
create table kernel.outbox_cursor (reader text primary key, xid xid8 not null, id bigint not null);
select kernel.system_access('kernel.outbox_cursor', 'select, insert, update');

-- ---------------------------------------------------------------- jobs
create function kernel.enqueue(task text, payload jsonb, queue text default null, run_at timestamptz default null, max_attempts int default 10, job_key text default null)
  returns void language plpgsql security definer set search_path = pg_catalog as $$
begin
  perform graphile_worker.add_job(task, payload::json, queue, run_at, max_attempts, job_key);
end $$;
revoke execute on function kernel.enqueue from public;
grant execute on function kernel.enqueue to lianshu_app, lianshu_system;

-- ---------------------------------------------------------------- idempotency keys, kept 24 h with their response
create table kernel.idempotency (
  org_id uuid not null,
  key text not null,
  actor text not null,
  request_hash bytea not null,
  status int,
  response jsonb,
  created_at timestamptz not null,
  primary key (org_id, actor, key)
);
select kernel.tenant_table('kernel.idempotency');
create index idempotency_age on kernel.idempotency (created_at);
select kernel.system_access('kernel.idempotency', 'select, delete');

-- ---------------------------------------------------------------- external references (any record ↔ any outside system)
create table kernel.external_reference (
  org_id uuid not null,
  entity text not null,
  entity_id uuid not null,
  system text not null,
  type text not null,
  key text not null,
  created_at timestamptz not null default now(),
  primary key (org_id, system, type, key)
);
create index external_reference_of on kernel.external_reference (org_id, entity, entity_id);
select kernel.tenant_table('kernel.external_reference');
select kernel.audited('kernel.external_reference');
