-- A supplier's goods that lie at the buyer's: how much of each material, and between which bounds the two have agreed to keep it. The buyer's
-- postings write the quantity; the supplier reads his own rows and nobody else's.
create table inventory.consignment (
  id uuid primary key default uuidv7(),
  buyer_org uuid not null,
  supplier_org uuid not null,
  material_id uuid not null,
  -- As the buyer's catalogue has them.
  code text not null,
  name text not null,
  specification text not null,
  unit text not null,
  quantity numeric(18, 6) not null default 0 check (quantity >= 0),
  min_quantity numeric(18, 6) check (min_quantity >= 0),
  max_quantity numeric(18, 6) check (max_quantity > 0),
  version int not null default 1,
  search_text text not null generated always as (lower(code || ' ' || name || ' ' || specification)) stored,
  constraint consignment_of unique (buyer_org, supplier_org, material_id),
  check (buyer_org <> supplier_org),
  check (min_quantity <= max_quantity)
);
create index consignment_of_buyer on inventory.consignment (buyer_org, code, id);
create index consignment_of_supplier on inventory.consignment (supplier_org, code, id);
select kernel.two_party_table('inventory.consignment', 'buyer_org', 'supplier_org');
select kernel.audited('inventory.consignment');
revoke delete on inventory.consignment from lianshu_app;
create policy buyer_makes on inventory.consignment as restrictive for insert to lianshu_app
  with check (buyer_org = (select nullif(current_setting('app.org', true), '')::uuid));
create policy buyer_changes on inventory.consignment as restrictive for update to lianshu_app
  using (buyer_org = (select nullif(current_setting('app.org', true), '')::uuid));
