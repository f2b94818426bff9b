-- Photos and documents of a device; the files themselves are `kernel.file`'s. What is taken away is marked, so that the audit can name it.
create table devices.attachment (
  org_id uuid not null,
  id uuid not null default uuidv7(),
  device_id uuid not null,
  file_id uuid not null,
  sha256 bytea not null,
  kind text not null check (kind in ('photo', 'manual', 'certificate', 'drawing', 'maintenanceRecord', 'other')),
  name text not null,
  valid_until date,
  main boolean not null default false check (not main or kind = 'photo'),
  created_at timestamptz not null,
  removed_at timestamptz,
  version int not null default 1,
  primary key (org_id, id),
  foreign key (org_id, device_id) references devices.device (org_id, id),
  check (not main or removed_at is null)
);
create unique index attachment_main on devices.attachment (org_id, device_id) where main;
create unique index attachment_once on devices.attachment (org_id, device_id, sha256) where removed_at is null;
select kernel.tenant_table('devices.attachment');
select kernel.audited('devices.attachment');
