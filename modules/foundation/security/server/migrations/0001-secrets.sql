-- Secrets that the platform must be able to say again (passwords and keys of machines and other systems); those that it only checks
-- (people's passwords, device secrets) are hashes elsewhere. What stands here is ciphertext: the master key is not in the database.
create schema security;
grant usage on schema security to lianshu_app, lianshu_system;

-- An organisation's data keys, each wrapped by a master key. The newest seals; an older one stays while a secret still needs it.
create table security.data_key (
  org_id uuid not null,
  id uuid not null default uuidv7(),
  version int not null check (version > 0),
  algorithm text not null,
  -- Id in the key file.
  master_key text not null,
  wrapped bytea not null,
  created_at timestamptz not null,
  primary key (org_id, version)
);
create index data_key_of_master on security.data_key (master_key);
select kernel.tenant_table('security.data_key');
select kernel.audited('security.data_key', 'wrapped');
select kernel.system_access('security.data_key', 'select, insert, update, delete');

create table security.secret (
  org_id uuid not null,
  id uuid not null,
  purpose text not null,
  name text not null,
  algorithm text not null,
  key_version int not null,
  sealed bytea not null,
  -- Who gave the value that it has now.
  changed_by jsonb not null,
  created_at timestamptz not null,
  changed_at timestamptz not null,
  version int not null default 1,
  primary key (org_id, id),
  foreign key (org_id, key_version) references security.data_key (org_id, version)
);
create unique index secret_shared_name on security.secret (org_id, name) where purpose = 'shared';
create index secret_of_key on security.secret (org_id, key_version);
select kernel.tenant_table('security.secret');
select kernel.audited('security.secret', 'sealed');
select kernel.system_access('security.secret', 'select, update');

-- When a secret was last said, to the minute.
create table security.secret_use (
  org_id uuid not null,
  secret_id uuid not null,
  used_at timestamptz not null,
  primary key (org_id, secret_id),
  foreign key (org_id, secret_id) references security.secret (org_id, id) on delete cascade
);
select kernel.tenant_table('security.secret_use');
select kernel.system_access('security.secret_use', 'select, insert, update');
