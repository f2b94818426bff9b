-- What lies in the object store (kernel/object-store.ts): one row a file, written in the transaction of whatever it belongs to. A file that
-- is taken away keeps its row; its bytes go a month later.
create table kernel.file (
  org_id uuid not null,
  id uuid not null default uuidv7(),
  name text not null,
  -- As its bytes say, never as the sender does.
  media_type text not null,
  bytes bigint not null check (bytes > 0),
  sha256 bytea not null check (length(sha256) = 32),
  object_key text not null unique,
  -- What it belongs to: `devices`, `device`, its id.
  owner_module text not null,
  owner_kind text not null,
  owner_id uuid not null,
  created_by jsonb not null,
  created_at timestamptz not null,
  deleted_at timestamptz,
  purged_at timestamptz,
  primary key (org_id, id)
);
create index file_of_owner on kernel.file (org_id, owner_module, owner_kind, owner_id) where deleted_at is null;
create index file_to_purge on kernel.file (deleted_at) where deleted_at is not null and purged_at is null;
select kernel.tenant_table('kernel.file');
select kernel.audited('kernel.file');
revoke delete on kernel.file from lianshu_app;
select kernel.system_access('kernel.file', 'select, update');
