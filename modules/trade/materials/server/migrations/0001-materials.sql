create schema materials;
grant usage on schema materials to lianshu_app;
-- uuid and text beside a period in one exclusion constraint; a trusted extension that every PostgreSQL brings along.
create extension if not exists btree_gist with schema public;

create table materials.category (
  org_id uuid not null,
  id uuid not null default uuidv7(),
  parent_id uuid,
  code text not null,
  name text not null,
  name_en text,
  -- What the numbers of its materials begin with; null: as above it.
  prefix text,
  -- Its own attributes; those from above come before them.
  attributes jsonb not null default '[]',
  retired_at timestamptz,
  version int not null default 1,
  primary key (org_id, id),
  constraint category_code unique (org_id, code),
  foreign key (org_id, parent_id) references materials.category (org_id, id),
  check (parent_id <> id)
);
select kernel.tenant_table('materials.category');
select kernel.audited('materials.category');

create table materials.material (
  org_id uuid not null,
  id uuid not null default uuidv7(),
  category_id uuid not null,
  code text not null,
  name text not null,
  name_en text,
  specification text not null,
  base_unit text not null,
  kind text not null check (kind in ('raw', 'part', 'sparePart', 'consumable', 'packaging', 'product')),
  control text not null check (control in ('none', 'lot', 'serial')),
  shelf_life_days int check (shelf_life_days > 0),
  attributes jsonb not null,
  -- [{ unit, factor }]: one unit is factor base units, decimals as text.
  units jsonb not null,
  note text not null,
  created_at timestamptz not null,
  retired_at timestamptz,
  version int not null default 1,
  -- What a search looks through, any part of it: code, names, specification, pinyin and initials, in small letters.
  search_text text not null check (octet_length(search_text) <= 1800),
  primary key (org_id, id),
  foreign key (org_id, category_id) references materials.category (org_id, id)
);
create unique index material_code on materials.material (org_id, lower(code));
-- Row-level security bars LIKE from an index of its own (it is not leakproof). A search walks these narrow copies in the order of the list
-- and reads the table only for what it shows.
create index material_by_code on materials.material (org_id, code, id) include (search_text, retired_at, category_id, kind);
create index material_by_name on materials.material (org_id, name collate "zh-x-icu", id);
create index material_by_age on materials.material (org_id, created_at, id);
create index material_of_category on materials.material (org_id, category_id, code, id);
select kernel.tenant_table('materials.material');
select kernel.audited('materials.material', 'search_text');

-- Who may supply what to whom; a proposed source is the buyer's own affair.
create table materials.source (
  id uuid primary key default uuidv7(),
  buyer_org uuid not null,
  supplier_org uuid not null,
  buyer_name text not null,
  buyer_name_en text,
  supplier_name text not null,
  supplier_name_en text,
  material_id uuid not null,
  -- Of the buyer's catalogue, which the supplier does not see.
  material_code text not null,
  material_name text not null,
  material_name_en text,
  specification text not null,
  base_unit text not null,
  -- What the supplier calls it.
  supplier_item_code text,
  supplier_item_name text,
  lead_time_days int check (lead_time_days between 0 and 3650),
  minimum numeric(18, 6) check (minimum > 0),
  multiple numeric(18, 6) check (multiple > 0),
  valid_from date not null,
  valid_until date,
  state text not null check (state in ('proposed', 'approved', 'blocked')),
  created_at timestamptz not null,
  version int not null default 1,
  constraint source_once unique (buyer_org, supplier_org, material_id),
  check (buyer_org <> supplier_org),
  check (valid_until >= valid_from)
);
create index source_of_material on materials.source (buyer_org, material_id);
create index source_of_buyer on materials.source (buyer_org, material_code, id);
create index source_of_supplier on materials.source (supplier_org, material_code, id);
select kernel.two_party_table('materials.source', 'buyer_org', 'supplier_org');
select kernel.audited('materials.source');
create policy proposals_stay_inside on materials.source as restrictive for select to lianshu_app
  using (state <> 'proposed' or buyer_org = (select nullif(current_setting('app.org', true), '')::uuid));
create policy buyer_lists on materials.source as restrictive for insert to lianshu_app
  with check (buyer_org = (select nullif(current_setting('app.org', true), '')::uuid));
revoke delete on materials.source from lianshu_app;

create function materials.keep_sides() returns trigger language plpgsql as $$
begin
  if new.buyer_org <> old.buyer_org or new.supplier_org <> old.supplier_org or new.material_id <> old.material_id then
    raise exception 'materials: a source stays between its parties';
  end if;
  if kernel.current_org() = old.supplier_org
    and (to_jsonb(new) - array['supplier_item_code', 'supplier_item_name', 'version']) is distinct from (to_jsonb(old) - array['supplier_item_code', 'supplier_item_name', 'version']) then
    raise exception 'materials: the supplier writes his own code and name only';
  end if;
  return new;
end $$;
create trigger keep_sides before update on materials.source for each row execute function materials.keep_sides();

-- What one unit costs. A price is ended or taken back, never rewritten: what held when stays readable.
create table materials.price (
  id uuid primary key default uuidv7(),
  buyer_org uuid not null,
  supplier_org uuid not null,
  source_id uuid not null references materials.source (id),
  material_id uuid not null,
  currency text not null,
  unit text not null,
  -- The break: holds from this quantity of the unit on.
  from_quantity numeric(18, 6) not null check (from_quantity >= 0),
  net_price numeric(18, 6) not null check (net_price >= 0),
  gross_price numeric(18, 6) not null check (gross_price >= 0),
  -- A fraction: 0.13.
  tax_rate numeric(18, 6) not null check (tax_rate between 0 and 1),
  valid_from date not null,
  -- The last day; null: until another one begins.
  valid_until date,
  created_at timestamptz not null,
  created_by text,
  withdrawn_at timestamptz,
  version int not null default 1,
  check (valid_until >= valid_from),
  constraint price_overlaps exclude using gist (buyer_org with =, supplier_org with =, material_id with =, currency with =, unit with =,
    from_quantity with =, daterange(valid_from, valid_until, '[]') with &&) where (withdrawn_at is null)
);
create index price_of_buyer on materials.price (buyer_org, material_id, supplier_org);
create index price_of_supplier on materials.price (supplier_org, source_id);
select kernel.two_party_table('materials.price', 'buyer_org', 'supplier_org');
select kernel.audited('materials.price');
create policy buyer_prices on materials.price as restrictive for insert to lianshu_app
  with check (buyer_org = (select nullif(current_setting('app.org', true), '')::uuid));
create policy buyer_ends on materials.price as restrictive for update to lianshu_app
  using (buyer_org = (select nullif(current_setting('app.org', true), '')::uuid));
revoke update, delete on materials.price from lianshu_app;
grant update (valid_until, withdrawn_at, version) on materials.price to lianshu_app;
