-- Numbers of documents: one running number per organisation, kind and month. The row is locked until its transaction ends, so that the
-- numbers have no gaps.
create table kernel.number_series (
  org_id uuid not null,
  kind text not null,
  period text not null,
  last int not null check (last > 0),
  primary key (org_id, kind, period)
);
select kernel.tenant_table('kernel.number_series');
revoke delete on kernel.number_series from lianshu_app;
