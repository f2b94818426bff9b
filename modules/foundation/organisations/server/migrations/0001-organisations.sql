create schema organisations;
grant usage on schema organisations to lianshu_app, lianshu_system;

-- An organisation is its own tenant: id = org_id. Made by the system role (first administrator, operator, first data) and by nobody else.
create table organisations.organisation (
  org_id uuid primary key,
  id uuid generated always as (org_id) stored,
  -- What ClickHouse orders by; 16 million organisations are enough.
  org_no int generated always as identity (start with 1 maxvalue 16777215) unique,
  code text not null,
  name text not null,
  name_en text,
  kind text not null check (kind in ('leader', 'supplier', 'funder', 'operator', 'assessor')),
  industry text,
  credit_code text not null,
  city text,
  demo boolean not null,
  active boolean not null default true,
  created_at timestamptz not null,
  version int not null default 1,
  constraint organisation_code unique (code),
  constraint organisation_credit_code unique (credit_code)
);
select kernel.tenant_table('organisations.organisation');
select kernel.audited('organisations.organisation');
select kernel.system_access('organisations.organisation', 'select, insert');
grant update (active, version) on organisations.organisation to lianshu_system;
revoke insert, update, delete on organisations.organisation from lianshu_app;
grant update (name, name_en, city, industry, version) on organisations.organisation to lianshu_app;

-- A demo organisation never becomes a real one, nor the other way round: reports rely on it.
create function organisations.keep_identity() returns trigger language plpgsql as $$
begin
  if new.demo is distinct from old.demo then raise exception 'organisations: the demo flag never changes'; end if;
  if (new.org_id, new.org_no, new.credit_code, new.code) is distinct from (old.org_id, old.org_no, old.credit_code, old.code) then
    raise exception 'organisations: id, number, code and credit code never change';
  end if;
  return new;
end $$;
create trigger keep_identity before update on organisations.organisation for each row execute function organisations.keep_identity();

create table organisations.size_record (
  org_id uuid not null,
  valid_from date not null,
  sector text not null,
  employees int not null check (employees >= 0),
  revenue_wan bigint not null check (revenue_wan >= 0),
  size_class text not null check (size_class in ('large', 'medium', 'small', 'micro')),
  primary key (org_id, valid_from)
);
select kernel.tenant_table('organisations.size_record');
select kernel.audited('organisations.size_record');
select kernel.system_access('organisations.size_record', 'select, insert');

-- Thresholds of the size classes: master data, the same for all. Both thresholds of a class must be met, else the next lower holds.
create table organisations.size_rule (
  sector text not null,
  size_class text not null check (size_class in ('large', 'medium', 'small')),
  min_employees int not null,
  -- In 10,000 CNY a year.
  min_revenue_wan bigint not null,
  valid_from date not null,
  source text not null,
  primary key (sector, size_class, valid_from)
);
insert into organisations.size_rule (sector, size_class, min_employees, min_revenue_wan, valid_from, source) values
  ('industry', 'large', 1000, 40000, '2017-12-28', '国统字〔2017〕213号《统计上大中小微型企业划分办法（2017）》工业'),
  ('industry', 'medium', 300, 2000, '2017-12-28', '国统字〔2017〕213号《统计上大中小微型企业划分办法（2017）》工业'),
  ('industry', 'small', 20, 300, '2017-12-28', '国统字〔2017〕213号《统计上大中小微型企业划分办法（2017）》工业');
select kernel.audited('organisations.size_rule');
select kernel.system_access('organisations.size_rule', 'select, insert, update');
create policy for_all on organisations.size_rule for select to lianshu_app using (true);
grant select on organisations.size_rule to lianshu_app;

-- Who delivers to whom or serves whom, with both sides' names as they are now, so that a list needs no other organisation's rows.
create table organisations.relation (
  id uuid primary key default uuidv7(),
  buyer_org uuid not null,
  supplier_org uuid not null,
  kind text not null check (kind in ('supply', 'finance', 'platform', 'assessment')),
  tier int not null check (tier between 1 and 9),
  since date not null,
  until date check (until >= since),
  -- Proposed by the buyer; nothing opens before the supplier has confirmed.
  confirmed_at timestamptz,
  buyer_name text not null,
  buyer_name_en text,
  buyer_code text not null,
  buyer_kind text not null,
  buyer_industry text,
  buyer_city text,
  supplier_name text not null,
  supplier_name_en text,
  supplier_code text not null,
  supplier_kind text not null,
  supplier_industry text,
  supplier_city text,
  -- Either side is a demo organisation.
  demo boolean not null,
  version int not null default 1,
  check (buyer_org <> supplier_org)
);
create unique index relation_open on organisations.relation (buyer_org, supplier_org, kind) where until is null;
create index relation_of_buyer on organisations.relation (buyer_org, supplier_org);
create index relation_of_supplier on organisations.relation (supplier_org, buyer_org);
select kernel.two_party_table('organisations.relation', 'buyer_org', 'supplier_org');
select kernel.audited('organisations.relation');
select kernel.system_access('organisations.relation', 'select, insert');
revoke delete on organisations.relation from lianshu_app;
