create index receipt_by_buyer on logistics.receipt (buyer_org, created_at desc);
create index receipt_by_supplier on logistics.receipt (supplier_org, created_at desc);
select kernel.findable('logistics.receipt', 'buyer_org', array['number', 'supplier_name', 'shipment_number']);
select kernel.findable('logistics.receipt', 'supplier_org', array['number', 'buyer_name', 'shipment_number']);
select kernel.findable('logistics.claim', 'buyer_org', array['number', 'supplier_name', 'order_number']);
select kernel.findable('logistics.claim', 'supplier_org', array['number', 'buyer_name', 'order_number']);
-- The notice that goods came with which went back: it is where people see the return. The owner of the tables is bound by their
-- policies as well, and belongs to no organisation: for this once it is not.
alter table logistics.goods_return add column shipment_id uuid references logistics.shipment (id);
alter table logistics.goods_return no force row level security;
alter table logistics.receipt no force row level security;
alter table logistics.goods_return disable trigger audit_row;
update logistics.goods_return g set shipment_id = r.shipment_id from logistics.receipt r where r.id = g.receipt_id;
alter table logistics.goods_return enable trigger audit_row;
alter table logistics.goods_return force row level security;
alter table logistics.receipt force row level security;
alter table logistics.goods_return alter column shipment_id set not null;
create index goods_return_by_buyer on logistics.goods_return (buyer_org, created_at desc);
create index goods_return_by_supplier on logistics.goods_return (supplier_org, created_at desc);
select kernel.findable('logistics.goods_return', 'buyer_org', array['number', 'reason']);
select kernel.findable('logistics.goods_return', 'supplier_org', array['number', 'reason']);
