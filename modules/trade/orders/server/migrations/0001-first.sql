create schema orders;
grant usage on schema orders to lianshu_app;

create table orders.order (
  org_id uuid not null,
  id uuid not null default uuidv7(),
  name text not null,
  version int not null default 1,
  primary key (org_id, id),
  constraint order_name unique (org_id, name)
);
select kernel.tenant_table('orders.order');
select kernel.audited('orders.order');
