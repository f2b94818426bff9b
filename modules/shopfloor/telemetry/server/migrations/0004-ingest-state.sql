-- What each process that takes values is doing; one that is not renewed is of a process that is gone.
create table telemetry.ingest_state (
  process text primary key,
  way text not null check (way in ('mqtt', 'https')),
  at timestamptz not null,
  -- Values that were taken in and cannot be stored: since when and why. Their devices wait for the acknowledgement.
  waiting_since timestamptz,
  reason text check ((reason is null) = (waiting_since is null)),
  waiting_rows int not null
);
select kernel.system_access('telemetry.ingest_state', 'select, insert, update, delete');
