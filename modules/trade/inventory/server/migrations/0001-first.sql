create schema inventory;
grant usage on schema inventory to lianshu_app;

-- Where stock can be: warehouses and their bins, and one place of each kind outside of them (where goods come from and go to).
create table inventory.location (
  org_id uuid not null,
  id uuid not null default uuidv7(),
  kind text not null check (kind in ('warehouse', 'bin', 'supplier', 'transit', 'consignment', 'customer', 'production', 'loss', 'quarantine')),
  code text not null check (code <> ''),
  name text not null check (name <> ''),
  -- The warehouse of a bin.
  warehouse_id uuid,
  may_be_negative boolean not null default false,
  closed_at timestamptz,
  version int not null default 1,
  search_text text not null generated always as (lower(code || ' ' || name)) stored,
  primary key (org_id, id),
  foreign key (org_id, warehouse_id) references inventory.location (org_id, id),
  check ((kind = 'bin') = (warehouse_id is not null)),
  check (not may_be_negative or kind not in ('warehouse', 'bin'))
);
create unique index location_code on inventory.location (org_id, coalesce(warehouse_id, '00000000-0000-0000-0000-000000000000'), lower(code));
create unique index location_of_kind on inventory.location (org_id, kind) where kind not in ('warehouse', 'bin');
create index location_by_code on inventory.location (org_id, code, id);
create index location_of_warehouse on inventory.location (org_id, warehouse_id, code) where warehouse_id is not null;
select kernel.tenant_table('inventory.location');
select kernel.audited('inventory.location');
revoke delete on inventory.location from lianshu_app;

-- What has ever been stock: its row is the lock under which everything of this material is posted and reserved, and holds the names that
-- lists search and sort by.
create table inventory.item (
  org_id uuid not null,
  material_id uuid not null,
  code text not null,
  name text not null,
  specification text not null,
  unit text not null,
  control text not null check (control in ('none', 'lot', 'serial')),
  last_in_day date,
  last_out_day date,
  search_text text not null generated always as (lower(code || ' ' || name || ' ' || specification)) stored,
  primary key (org_id, material_id)
) with (fillfactor = 80);
create index item_by_code on inventory.item (org_id, code, material_id);
select kernel.tenant_table('inventory.item');
revoke delete on inventory.item from lianshu_app;

create table inventory.lot (
  org_id uuid not null,
  material_id uuid not null,
  lot text not null check (lot <> ''),
  expires date,
  first_day date not null,
  primary key (org_id, material_id, lot)
);
create index lot_by_expiry on inventory.lot (org_id, expires) where expires is not null;
select kernel.tenant_table('inventory.lot');
select kernel.audited('inventory.lot');
revoke delete on inventory.lot from lianshu_app;

-- The ledger: what left one place came to another. Never changed, never deleted; a mistake is mended by its opposite.
create table inventory.move (
  org_id uuid not null,
  id uuid not null default uuidv7(),
  -- In the order of posting, per material under its item's lock.
  seq bigint generated always as identity,
  material_id uuid not null,
  quantity numeric(18, 6) not null check (quantity > 0),
  from_id uuid not null,
  to_id uuid not null,
  owner_org uuid not null,
  lot text not null default '',
  serial text not null default '',
  expires date,
  day date not null,
  posted_at timestamptz not null,
  unit_cost numeric(18, 6) check (unit_cost >= 0),
  reason text not null,
  source_entity text not null check (source_entity <> ''),
  source_id text not null,
  source_line text not null,
  actor jsonb not null,
  primary key (org_id, id),
  constraint move_source unique (org_id, source_entity, source_id, source_line),
  foreign key (org_id, from_id) references inventory.location (org_id, id),
  foreign key (org_id, to_id) references inventory.location (org_id, id),
  foreign key (org_id, material_id) references inventory.item (org_id, material_id),
  check (from_id <> to_id),
  check (serial = '' or quantity = 1)
);
create index move_by_day on inventory.move (org_id, material_id, day, seq);
create index move_by_time on inventory.move (org_id, seq);
select kernel.tenant_table('inventory.move');
select kernel.audited('inventory.move');
revoke update, delete on inventory.move from lianshu_app;
create function inventory.keep_moves() returns trigger language plpgsql as $$
begin
  raise exception 'inventory: a posted move is never changed';
end $$;
create trigger keep_moves before update on inventory.move for each row execute function inventory.keep_moves();

-- The sum of the moves per place, material, owner, lot and serial number, kept in the same transaction.
create table inventory.balance (
  org_id uuid not null,
  id uuid not null default uuidv7(),
  material_id uuid not null,
  location_id uuid not null,
  owner_org uuid not null,
  lot text not null,
  serial text not null,
  quantity numeric(18, 6) not null,
  -- Since when something of it has been with the organisation: by it the oldest is picked first where no expiry says otherwise.
  since date not null,
  may_be_negative boolean not null,
  primary key (org_id, material_id, location_id, owner_org, lot, serial),
  foreign key (org_id, location_id) references inventory.location (org_id, id),
  check (quantity >= 0 or may_be_negative),
  check (serial = '' or quantity in (-1, 0, 1))
) with (fillfactor = 80);
-- A serial number is at one place only.
create unique index balance_of_serial on inventory.balance (org_id, material_id, serial) where serial <> '' and quantity > 0;
create index balance_at on inventory.balance (org_id, location_id, material_id) where quantity <> 0;
select kernel.tenant_table('inventory.balance');
revoke delete on inventory.balance from lianshu_app;

-- One's own goods of a warehouse with its bins, and what of them is promised.
create table inventory.availability (
  org_id uuid not null,
  material_id uuid not null,
  warehouse_id uuid not null,
  on_hand numeric(18, 6) not null check (on_hand >= 0),
  reserved numeric(18, 6) not null default 0 check (reserved >= 0),
  primary key (org_id, material_id, warehouse_id),
  foreign key (org_id, warehouse_id) references inventory.location (org_id, id),
  check (reserved <= on_hand)
) with (fillfactor = 80);
select kernel.tenant_table('inventory.availability');
revoke delete on inventory.availability from lianshu_app;

create table inventory.reservation (
  org_id uuid not null,
  id uuid not null default uuidv7(),
  material_id uuid not null,
  warehouse_id uuid not null,
  quantity numeric(18, 6) not null check (quantity > 0),
  source_entity text not null check (source_entity <> ''),
  source_id text not null,
  source_line text not null,
  created_at timestamptz not null,
  primary key (org_id, id),
  constraint reservation_source unique (org_id, source_entity, source_id, source_line),
  foreign key (org_id, material_id, warehouse_id) references inventory.availability (org_id, material_id, warehouse_id)
);
create index reservation_of on inventory.reservation (org_id, material_id, warehouse_id);
select kernel.tenant_table('inventory.reservation');
select kernel.audited('inventory.reservation');
