create schema collaboration;
grant usage on schema collaboration to lianshu_app;

-- What happened to a document, what was said of it, what was attached to it. Both parties see a row that names the partner.
create table collaboration.entry (
  id uuid primary key default uuidv7(),
  author_org uuid not null,
  -- Null: internal.
  partner_org uuid,
  -- `orders.order` and its id.
  entity text not null,
  record_id uuid not null,
  kind text not null check (kind in ('event', 'comment', 'file')),
  author_kind text not null,
  author_id text not null,
  author_name text,
  at timestamptz not null,
  event text,
  event_id bigint unique,
  body text check (length(body) between 1 and 2000),
  mentions uuid[] not null default '{}',
  -- As kernel.file has it: the other party reads it here.
  file_id uuid,
  file_name text,
  media_type text,
  bytes bigint,
  sha256 bytea,
  object_key text,
  removed_at timestamptz,
  check (partner_org <> author_org),
  check ((kind = 'event') = (event is not null and event_id is not null)),
  check (kind <> 'comment' or body is not null or removed_at is not null),
  check ((kind = 'file') = (file_id is not null and object_key is not null))
);
create index entry_of_record on collaboration.entry (entity, record_id, at desc, id desc);
create index entry_of_author on collaboration.entry (author_org, at desc);
create index entry_of_partner on collaboration.entry (partner_org, at desc) where partner_org is not null;
select kernel.two_party_table('collaboration.entry', 'author_org', 'partner_org');
select kernel.audited('collaboration.entry', 'object_key');
-- Both parties read; each writes and takes back his own, and nothing else ever changes.
create policy author_writes on collaboration.entry as restrictive for insert to lianshu_app
  with check (author_org = (select nullif(current_setting('app.org', true), '')::uuid));
create policy author_takes_back on collaboration.entry as restrictive for update to lianshu_app
  using (author_org = (select nullif(current_setting('app.org', true), '')::uuid));
revoke update, delete on collaboration.entry from lianshu_app;
grant update (removed_at, body) on collaboration.entry to lianshu_app;
