-- Waveforms and other binary objects of devices; the bytes lie in the object store. Written by the ingest alone.
create table telemetry.waveform (
  org_id uuid not null,
  id uuid not null default uuidv7(),
  device_id uuid not null,
  point text not null,
  -- Source time of the first sample.
  at timestamptz not null,
  received_at timestamptz not null,
  sample_rate_hz double precision not null,
  unit text,
  format text not null,
  bytes int not null,
  sha256 bytea not null,
  object_key text not null,
  primary key (org_id, id),
  unique (org_id, device_id, point, at)
);
create index waveform_of_device on telemetry.waveform (org_id, device_id, at desc, id);
create index waveform_by_age on telemetry.waveform (org_id, at);
select kernel.tenant_table('telemetry.waveform');
revoke insert, update, delete on telemetry.waveform from lianshu_app;
select kernel.system_access('telemetry.waveform', 'select, insert, update, delete');
