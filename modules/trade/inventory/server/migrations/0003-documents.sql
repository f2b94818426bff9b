-- What a person does with stock: the paper behind moves that no other module's document stands for.
create table inventory.document (
  org_id uuid not null,
  id uuid not null default uuidv7(),
  kind text not null check (kind in ('transfer', 'production', 'scrap', 'back', 'usage')),
  number text not null,
  day date not null,
  reason text not null,
  created_at timestamptz not null,
  created_by text not null,
  primary key (org_id, id),
  unique (org_id, number)
);
select kernel.tenant_table('inventory.document');
select kernel.audited('inventory.document');
revoke update, delete on inventory.document from lianshu_app;

-- A stocktake of one place: what the books said when the sheet was made, what was counted, and what the books said at that moment.
create table inventory.stocktake (
  org_id uuid not null,
  id uuid not null default uuidv7(),
  number text not null,
  location_id uuid not null,
  state text not null check (state in ('counting', 'submitted', 'posted', 'cancelled')),
  created_at timestamptz not null,
  created_by text not null,
  submitted_by text,
  submitted_by_id text,
  decided_at timestamptz,
  decided_by text,
  version int not null default 1,
  primary key (org_id, id),
  unique (org_id, number),
  foreign key (org_id, location_id) references inventory.location (org_id, id)
);
create index stocktake_by_number on inventory.stocktake (org_id, number, id);
-- One sheet at a time for a place.
create unique index stocktake_open on inventory.stocktake (org_id, location_id) where state in ('counting', 'submitted');
select kernel.tenant_table('inventory.stocktake');
select kernel.audited('inventory.stocktake');
revoke delete on inventory.stocktake from lianshu_app;

create table inventory.stocktake_line (
  org_id uuid not null,
  id uuid not null default uuidv7(),
  stocktake_id uuid not null,
  material_id uuid not null,
  owner_org uuid not null,
  lot text not null,
  serial text not null,
  -- When the sheet was made.
  book numeric(18, 6) not null,
  -- When it was counted: moves in between are no differences.
  expected numeric(18, 6),
  counted numeric(18, 6) check (counted >= 0),
  counted_at timestamptz,
  counted_by text,
  counted_by_id text,
  primary key (org_id, id),
  constraint stocktake_line_of unique (org_id, stocktake_id, material_id, owner_org, lot, serial),
  foreign key (org_id, stocktake_id) references inventory.stocktake (org_id, id),
  check ((counted is null) = (expected is null)),
  check (serial = '' or counted in (0, 1))
);
select kernel.tenant_table('inventory.stocktake_line');
select kernel.audited('inventory.stocktake_line');
revoke delete on inventory.stocktake_line from lianshu_app;
