create schema sharing;
grant usage on schema sharing to lianshu_app;

-- Who opens what to whom. Written once by the grantor; afterwards it can only be revoked.
create table sharing.agreement (
  id uuid primary key default uuidv7(),
  grantor_org uuid not null,
  grantee_org uuid not null,
  -- The parties' names as they were when the agreement was made.
  grantor_name text not null,
  grantor_name_en text,
  grantee_name text not null,
  grantee_name_en text,
  data_set text not null check (data_set in ('telemetry.values')),
  -- Null: all of the grantor's, also later ones. Labels stand at the same positions.
  item_ids text[] check (cardinality(item_ids) between 1 and 1000),
  item_labels text[] check (cardinality(item_labels) = cardinality(item_ids)),
  -- Null: all.
  fields text[] check (cardinality(fields) between 1 and 200),
  purpose text not null check (purpose <> ''),
  granularity text not null check (granularity in ('raw', 'kpi')),
  delay_minutes int not null check (delay_minutes >= 0),
  valid_from timestamptz not null,
  valid_until timestamptz not null check (valid_until > valid_from),
  created_at timestamptz not null,
  created_by text,
  revoked_at timestamptz,
  revoked_by text,
  check (grantor_org <> grantee_org),
  check ((item_ids is null) = (item_labels is null))
);
-- The check of every granted read.
create index agreement_check on sharing.agreement (grantee_org, grantor_org, data_set) where revoked_at is null;
create index agreement_given on sharing.agreement (grantor_org, created_at desc, id);
create index agreement_received on sharing.agreement (grantee_org, created_at desc, id);
select kernel.two_party_table('sharing.agreement', 'grantor_org', 'grantee_org');
select kernel.audited('sharing.agreement');
-- Both parties read it; the grantor alone makes it and ends it, and not even he changes its terms.
create policy grantor_makes on sharing.agreement as restrictive for insert to lianshu_app
  with check (grantor_org = (select nullif(current_setting('app.org', true), '')::uuid));
create policy grantor_ends on sharing.agreement as restrictive for update to lianshu_app
  using (grantor_org = (select nullif(current_setting('app.org', true), '')::uuid));
revoke update, delete on sharing.agreement from lianshu_app;
grant update (revoked_at, revoked_by) on sharing.agreement to lianshu_app;

create function sharing.keep_revoked() returns trigger language plpgsql as $$
begin
  if old.revoked_at is not null then raise exception 'sharing: a revoked agreement stays revoked'; end if;
  return new;
end $$;
create trigger keep_revoked before update on sharing.agreement for each row execute function sharing.keep_revoked();

-- Who read by an agreement: one row per agreement, reader and hour, so that a page that asks every second costs one row an hour.
create table sharing.access_log (
  id uuid not null default uuidv7() unique,
  agreement_id uuid not null references sharing.agreement (id),
  grantor_org uuid not null,
  grantee_org uuid not null,
  reader_kind text not null,
  reader_id text not null,
  reader_name text,
  hour timestamptz not null,
  first_at timestamptz not null,
  last_at timestamptz not null,
  reads int not null,
  primary key (agreement_id, hour, reader_id)
) with (fillfactor = 80);
select kernel.two_party_table('sharing.access_log', 'grantor_org', 'grantee_org');
create policy reader_logs on sharing.access_log as restrictive for insert to lianshu_app
  with check (grantee_org = (select nullif(current_setting('app.org', true), '')::uuid));
create policy reader_counts on sharing.access_log as restrictive for update to lianshu_app
  using (grantee_org = (select nullif(current_setting('app.org', true), '')::uuid));
revoke update, delete on sharing.access_log from lianshu_app;
grant update (reads, last_at) on sharing.access_log to lianshu_app;
