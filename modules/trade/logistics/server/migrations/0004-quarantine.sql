-- 来料必检: the goods of this row lie in quarantine until quality decides; nobody else takes them out.
alter table logistics.receipt_line add column inspect boolean not null default false;
-- Of the buyer's own goods in quarantine: onto the shelf, and back to the supplier. Of the supplier's beyond the tolerance: back to him.
alter table logistics.receipt_line add column released numeric(18, 6) not null default 0 check (released >= 0);
alter table logistics.receipt_line add column returned_apart numeric(18, 6) not null default 0 check (returned_apart >= 0 and returned_apart <= returned);
alter table logistics.receipt_line add column excess_returned numeric(18, 6) not null default 0
  check (excess_returned >= 0 and excess_returned <= excess);
alter table logistics.receipt_line add check (released + returned_apart <= quarantined);
grant update (released, returned_apart, excess_returned) on logistics.receipt_line to lianshu_app;

alter table logistics.goods_return_line drop constraint goods_return_line_taken_from_check;
alter table logistics.goods_return_line add constraint goods_return_line_taken_from_check check (taken_from in ('warehouse', 'quarantine', 'excess'));

-- What was moved out of quarantine onto the shelf, once per key; both sides read it.
create table logistics.release (
  id uuid primary key default uuidv7(),
  buyer_org uuid not null,
  supplier_org uuid not null,
  receipt_id uuid not null references logistics.receipt (id),
  receipt_line_id uuid not null references logistics.receipt_line (id),
  release_key uuid not null,
  quantity numeric(18, 6) not null check (quantity > 0),
  day date not null,
  created_at timestamptz not null,
  constraint release_key unique (buyer_org, release_key, receipt_line_id)
);
create index release_of_receipt on logistics.release (receipt_id);
create index release_of_supplier on logistics.release (supplier_org);
select kernel.two_party_table('logistics.release', 'buyer_org', 'supplier_org');
select kernel.audited('logistics.release');
revoke update, delete on logistics.release from lianshu_app;
create policy buyer_writes on logistics.release as restrictive for insert to lianshu_app
  with check (buyer_org = (select nullif(current_setting('app.org', true), '')::uuid));

-- Found by inspection, not at the door.
alter table logistics.claim drop constraint claim_kind_check;
alter table logistics.claim add constraint claim_kind_check check (kind in ('short', 'over', 'damaged', 'wrong', 'quality'));
