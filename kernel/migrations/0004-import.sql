-- Files of rows on their way in: uploaded, checked, carried out, forgotten. What they write is audited in its own tables.
create table kernel.import (
  org_id uuid not null,
  id uuid not null default uuidv7(),
  -- Which definition takes the rows: devices.device
  kind text not null,
  status text not null check (status in ('queued', 'checking', 'checked', 'ordered', 'running', 'done', 'refused', 'failed', 'cancelled')),
  mode text check (mode in ('all', 'skip')),
  file_name text not null,
  -- Until the rows stand in import_row.
  file bytea,
  -- Who uploaded it, then who ordered it, with what he may do: the work goes on after his request is over.
  actor_id text not null,
  acting jsonb not null,
  rows_read int not null default 0,
  rows_right int not null default 0,
  rows_wrong int not null default 0,
  rows_done int not null default 0,
  to_hand_out int not null default 0,
  unknown_columns text[] not null default '{}',
  -- { code, details } of why all of it was refused.
  refusal jsonb,
  cancel_asked boolean not null default false,
  -- The one worker that is at it; he who stalls past `lease_until` finds that his lease is another's.
  lease uuid,
  lease_until timestamptz,
  attempts int not null default 0,
  created_at timestamptz not null,
  finished_at timestamptz,
  expires_at timestamptz not null,
  primary key (org_id, id)
);
create index import_waiting on kernel.import (created_at) where status in ('queued', 'checking', 'ordered', 'running');
create index import_of_actor on kernel.import (org_id, kind, actor_id, created_at desc);
create index import_expiry on kernel.import (expires_at);
select kernel.tenant_table('kernel.import');
select kernel.system_access('kernel.import', 'select, update, delete');

create table kernel.import_row (
  org_id uuid not null,
  import_id uuid not null,
  -- As the spreadsheet counts.
  row_no int not null,
  -- Texts in the order of the definition's columns.
  cells text[] not null,
  -- [{ column, code, details }]; null where nothing is wrong.
  problems jsonb,
  -- What became of it, once it is written.
  result_id uuid,
  hand_out boolean not null default false,
  primary key (org_id, import_id, row_no),
  foreign key (org_id, import_id) references kernel.import (org_id, id) on delete cascade
);
create index import_row_wrong on kernel.import_row (org_id, import_id, row_no) where problems is not null;
create index import_row_waiting on kernel.import_row (org_id, import_id, row_no) where problems is null and result_id is null;
create index import_row_hand_out on kernel.import_row (org_id, import_id, row_no) where hand_out;
select kernel.tenant_table('kernel.import_row');
