-- What a person has reserved, for what: its lines that are still promised stand in inventory.reservation.
create table inventory.reservation_document (
  org_id uuid not null,
  id uuid not null default uuidv7(),
  number text not null,
  warehouse_id uuid not null,
  purpose text not null check (purpose <> ''),
  needed_on date,
  -- [{ line, materialId, quantity }] as it was reserved.
  lines jsonb not null,
  created_at timestamptz not null,
  created_by text not null,
  released_at timestamptz,
  released_by text,
  version int not null default 1,
  primary key (org_id, id),
  constraint reservation_number unique (org_id, number),
  foreign key (org_id, warehouse_id) references inventory.location (org_id, id)
);
create index reservation_document_by_time on inventory.reservation_document (org_id, created_at desc);
select kernel.tenant_table('inventory.reservation_document');
select kernel.audited('inventory.reservation_document');
revoke update, delete on inventory.reservation_document from lianshu_app;
grant update (released_at, released_by, version) on inventory.reservation_document to lianshu_app;
select kernel.findable('inventory.reservation_document', 'org_id', array['number', 'purpose', 'created_by']);
