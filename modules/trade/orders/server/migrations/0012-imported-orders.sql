-- Which order a reference of a file has become: whoever imports it again makes none.
create table orders.imported_order (
  org_id uuid not null,
  -- In small letters, full-width ones as plain ones.
  reference_key text not null,
  reference text not null,
  order_id uuid not null references orders.order (id),
  id uuid not null generated always as (order_id) stored,
  person text not null,
  at timestamptz not null,
  primary key (org_id, reference_key),
  unique (org_id, order_id)
);
select kernel.tenant_table('orders.imported_order');
select kernel.audited('orders.imported_order');
revoke update, delete on orders.imported_order from lianshu_app;
