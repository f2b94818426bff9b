-- Prices and sources are written with the award, in one transaction: there is no award without them.
alter table sourcing.request drop column applied_at;

-- The draft order that an awarded supplier's lines became; once for each.
create table sourcing.award_order (
  org_id uuid not null,
  request_id uuid not null,
  supplier_org uuid not null,
  order_id uuid not null,
  made_at timestamptz not null,
  primary key (org_id, request_id, supplier_org),
  foreign key (org_id, request_id) references sourcing.request (org_id, id)
);
select kernel.tenant_table('sourcing.award_order');
select kernel.audited('sourcing.award_order');
revoke update, delete on sourcing.award_order from lianshu_app;
