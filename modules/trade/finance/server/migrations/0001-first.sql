create schema finance;
grant usage on schema finance to lianshu_app;

create table finance.voucher (
  org_id uuid not null,
  id uuid not null default uuidv7(),
  name text not null,
  version int not null default 1,
  primary key (org_id, id),
  constraint voucher_name unique (org_id, name)
);
select kernel.tenant_table('finance.voucher');
select kernel.audited('finance.voucher');
