-- What came into consignment by an order, at the price that both signed: what of it is used is billed by that, the first to come first. The
-- buyer's own rows; the supplier reads price and order on the bill.
create table inventory.consigned_layer (
  org_id uuid not null,
  id uuid not null default uuidv7(),
  supplier_org uuid not null,
  material_id uuid not null,
  lot text not null,
  day date not null,
  -- In the material's base unit.
  quantity numeric(18, 6) not null check (quantity > 0),
  left_quantity numeric(18, 6) not null check (left_quantity between 0 and quantity),
  currency char(3) not null,
  -- Of one base unit.
  net_price numeric(20, 6) not null check (net_price >= 0),
  tax_rate numeric(7, 6) not null check (tax_rate >= 0),
  order_id uuid not null,
  order_number text not null,
  payment_days int,
  primary key (org_id, id)
);
create index consigned_layer_open on inventory.consigned_layer (org_id, supplier_org, material_id, day, id) where left_quantity > 0;
select kernel.tenant_table('inventory.consigned_layer');
select kernel.audited('inventory.consigned_layer');
revoke update, delete on inventory.consigned_layer from lianshu_app;
grant update (left_quantity) on inventory.consigned_layer to lianshu_app;
