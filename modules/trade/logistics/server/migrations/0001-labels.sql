create schema logistics;
grant usage on schema logistics to lianshu_app;

-- From which range the codes of packing units come, and how far it is used up.
create table logistics.pack_codes (
  org_id uuid primary key,
  -- Null: the range for use on this platform. Unique, or two companies would stick the same code on their pallets.
  gs1_prefix text constraint pack_codes_prefix unique check (gs1_prefix ~ '^\d{7,10}$'),
  last_serial bigint not null default 0 check (last_serial >= 0),
  version int not null default 1
);
select kernel.tenant_table('logistics.pack_codes');
select kernel.audited('logistics.pack_codes');
revoke delete on logistics.pack_codes from lianshu_app;

-- How a supplier's own barcode is read.
create table logistics.barcode (
  org_id uuid not null,
  id uuid not null default uuidv7(),
  supplier_org uuid not null,
  supplier_name text not null,
  supplier_name_en text,
  name text not null,
  template text not null check (length(template) <= 300),
  sample text not null check (length(sample) <= 400),
  version int not null default 1,
  primary key (org_id, id),
  constraint barcode_name unique (org_id, supplier_org, name)
);
select kernel.tenant_table('logistics.barcode');
select kernel.audited('logistics.barcode');

-- The label that a buyer wants from a supplier: the supplier reads it, the buyer alone writes it.
create table logistics.label_format (
  id uuid primary key default uuidv7(),
  buyer_org uuid not null,
  supplier_org uuid not null,
  buyer_name text not null,
  buyer_name_en text,
  supplier_name text not null,
  supplier_name_en text,
  name text not null,
  language text not null check (language in ('zpl', 'tspl')),
  template text not null check (length(template) <= 8000),
  version int not null default 1,
  check (buyer_org <> supplier_org),
  constraint label_format_name unique (buyer_org, supplier_org, name)
);
create index label_format_supplier on logistics.label_format (supplier_org, name);
select kernel.two_party_table('logistics.label_format', 'buyer_org', 'supplier_org');
select kernel.audited('logistics.label_format');
create policy buyer_makes on logistics.label_format as restrictive for insert to lianshu_app
  with check (buyer_org = (select nullif(current_setting('app.org', true), '')::uuid));
create policy buyer_changes on logistics.label_format as restrictive for update to lianshu_app
  using (buyer_org = (select nullif(current_setting('app.org', true), '')::uuid));
create policy buyer_takes_away on logistics.label_format as restrictive for delete to lianshu_app
  using (buyer_org = (select nullif(current_setting('app.org', true), '')::uuid));
