-- Packages from the smallest to the largest: [{ unit, quantity, lengthMm, widthMm, heightMm, grossKg }], decimals as text.
alter table materials.material add column packages jsonb not null default '[]';

-- What scanners read: a GTIN or a code of one's own, for one `unit` of the material.
create table materials.barcode (
  org_id uuid not null,
  id uuid not null default uuidv7(),
  material_id uuid not null,
  code text not null,
  unit text not null,
  primary key (org_id, id),
  constraint barcode_code unique (org_id, code),
  foreign key (org_id, material_id) references materials.material (org_id, id)
);
create index barcode_of_material on materials.barcode (org_id, material_id);
select kernel.tenant_table('materials.barcode');
select kernel.audited('materials.barcode');

-- What may stand in for the material; both ways where each may stand in for the other.
create table materials.substitute (
  org_id uuid not null,
  id uuid not null default uuidv7(),
  material_id uuid not null,
  substitute_id uuid not null,
  both_ways boolean not null,
  note text not null,
  primary key (org_id, id),
  constraint substitute_once unique (org_id, material_id, substitute_id),
  foreign key (org_id, material_id) references materials.material (org_id, id),
  foreign key (org_id, substitute_id) references materials.material (org_id, id),
  check (material_id <> substitute_id)
);
create index substitute_of on materials.substitute (org_id, substitute_id);
select kernel.tenant_table('materials.substitute');
select kernel.audited('materials.substitute');

-- Which machine it is a spare part of: one device, or every device of a thing model.
create table materials.equipment (
  org_id uuid not null,
  id uuid not null default uuidv7(),
  material_id uuid not null,
  device_id uuid,
  model_code text,
  -- How many a machine has of it.
  quantity numeric(18, 6) not null check (quantity > 0),
  position text not null,
  primary key (org_id, id),
  foreign key (org_id, material_id) references materials.material (org_id, id),
  check (num_nonnulls(device_id, model_code) = 1)
);
create unique index equipment_once on materials.equipment (org_id, material_id, device_id, model_code, position) nulls not distinct;
create index equipment_of_device on materials.equipment (org_id, device_id);
select kernel.tenant_table('materials.equipment');
select kernel.audited('materials.equipment');

-- Drawings with their revisions, images, certificates; the files themselves are kernel.file's.
create table materials.document (
  org_id uuid not null,
  id uuid not null default uuidv7(),
  material_id uuid not null,
  file_id uuid not null,
  sha256 bytea not null,
  kind text not null check (kind in ('image', 'drawing', 'certificate', 'other')),
  name text not null,
  revision text check (revision <> ''),
  effective_from date,
  created_at timestamptz not null,
  removed_at timestamptz,
  primary key (org_id, id),
  foreign key (org_id, material_id) references materials.material (org_id, id),
  check ((kind = 'drawing') = (revision is not null and effective_from is not null))
);
create unique index document_once on materials.document (org_id, material_id, sha256) where removed_at is null;
create unique index document_revision on materials.document (org_id, material_id, lower(name), upper(revision)) where removed_at is null and kind = 'drawing';
select kernel.tenant_table('materials.document');
select kernel.audited('materials.document');
