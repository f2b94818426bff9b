create schema quality;
grant usage on schema quality to lianshu_app;

-- 缺陷代码. Retired, never deleted: decided inspections name it.
create table quality.defect (
  org_id uuid not null,
  id uuid not null default uuidv7(),
  code text not null,
  name text not null,
  name_en text,
  severity text not null check (severity in ('critical', 'major', 'minor')),
  retired_at timestamptz,
  version int not null default 1,
  primary key (org_id, id)
);
create unique index defect_code on quality.defect (org_id, lower(code));
select kernel.tenant_table('quality.defect');
select kernel.audited('quality.defect');
revoke delete on quality.defect from lianshu_app;

-- 来料检验 of one row of a receipt. It waits until there is a result; decided, it does not change.
create table quality.inspection (
  org_id uuid not null,
  id uuid not null default uuidv7(),
  number text not null,
  receipt_line_id uuid not null,
  receipt_id uuid not null,
  receipt_number text not null,
  received_at timestamptz not null,
  shipment_id uuid not null,
  shipment_number text not null,
  supplier_org uuid not null,
  supplier_name text not null,
  supplier_name_en text,
  order_number text not null,
  material_id uuid not null,
  material_code text not null,
  material_name text not null,
  specification text not null,
  unit text not null,
  lot text,
  serial text,
  quantity numeric(18, 6) not null check (quantity > 0),
  result text check (result in ('accepted', 'partly', 'rejected')),
  accepted numeric(18, 6) check (accepted >= 0),
  rejected numeric(18, 6) check (rejected >= 0),
  sample_size numeric(18, 6) check (sample_size > 0 and sample_size <= quantity),
  remarks text not null default '',
  inspector text,
  decided_at timestamptz,
  return_number text,
  claim_number text,
  search_text text not null,
  version int not null default 1,
  primary key (org_id, id),
  -- The news of a receipt may come twice: its rows are inspected once.
  constraint inspection_once unique (org_id, receipt_line_id),
  unique (org_id, number),
  check (num_nonnulls(result, accepted, rejected, decided_at) in (0, 4)),
  check (accepted + rejected = quantity)
);
create index inspection_by_age on quality.inspection (org_id, received_at, id);
create index inspection_waiting on quality.inspection (org_id, received_at, id) where result is null;
select kernel.tenant_table('quality.inspection');
select kernel.audited('quality.inspection', 'search_text');
revoke update, delete on quality.inspection from lianshu_app;
grant update (result, accepted, rejected, sample_size, remarks, inspector, decided_at, return_number, claim_number, version)
  on quality.inspection to lianshu_app;
create function quality.keep_decided() returns trigger language plpgsql set search_path = '' as $$
begin
  if old.result is not null then raise exception 'A decided inspection does not change.'; end if;
  return new;
end $$;
create trigger keep_decided before update on quality.inspection for each row execute function quality.keep_decided();

-- The defects that were found, as they were called then.
create table quality.finding (
  org_id uuid not null,
  id uuid not null default uuidv7(),
  inspection_id uuid not null,
  defect_id uuid not null,
  code text not null,
  name text not null,
  name_en text,
  severity text not null check (severity in ('critical', 'major', 'minor')),
  quantity numeric(18, 6) not null check (quantity > 0),
  primary key (org_id, id),
  unique (org_id, inspection_id, defect_id),
  foreign key (org_id, inspection_id) references quality.inspection (org_id, id),
  foreign key (org_id, defect_id) references quality.defect (org_id, id)
);
select kernel.tenant_table('quality.finding');
select kernel.audited('quality.finding');
revoke update, delete on quality.finding from lianshu_app;
