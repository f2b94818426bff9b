-- What the buyer received. Written once, never changed but for what went back; both sides read it.
create table logistics.receipt (
  id uuid primary key default uuidv7(),
  buyer_org uuid not null,
  supplier_org uuid not null,
  buyer_name text not null,
  buyer_name_en text,
  supplier_name text not null,
  supplier_name_en text,
  number text not null,
  shipment_id uuid not null references logistics.shipment (id),
  shipment_number text not null,
  -- Made by whoever received: a phone sends it again when no answer came, and it is one receipt all the same.
  receipt_key uuid not null,
  content_hash bytea not null,
  day date not null,
  received_at timestamptz not null,
  received_by text,
  warehouse_id uuid not null,
  warehouse_name text not null,
  signed_by text not null,
  over_reason text not null,
  note text not null,
  finished boolean not null,
  created_at timestamptz not null,
  constraint receipt_key unique (buyer_org, receipt_key),
  unique (buyer_org, number)
);
create index receipt_of_shipment on logistics.receipt (shipment_id, created_at);

create table logistics.receipt_line (
  id uuid primary key default uuidv7(),
  receipt_id uuid not null references logistics.receipt (id),
  buyer_org uuid not null,
  supplier_org uuid not null,
  line_id uuid not null references logistics.line (id),
  position int not null,
  accepted numeric(18, 6) not null check (accepted >= 0),
  quarantined numeric(18, 6) not null check (quarantined >= 0),
  damaged numeric(18, 6) not null check (damaged >= 0),
  wrong numeric(18, 6) not null check (wrong >= 0),
  -- Of accepted and quarantined what lies beyond the order's tolerance: kept apart as the supplier's, not paid.
  excess numeric(18, 6) not null check (excess >= 0),
  lot text,
  serial text,
  expires_on date,
  note text not null,
  returned numeric(18, 6) not null default 0 check (returned >= 0),
  check (returned <= accepted + quarantined - excess),
  check (excess <= accepted + quarantined)
);
create index receipt_line_of_receipt on logistics.receipt_line (receipt_id, position);

create table logistics.proof (
  id uuid primary key default uuidv7(),
  receipt_id uuid not null references logistics.receipt (id),
  buyer_org uuid not null,
  supplier_org uuid not null,
  name text not null,
  media_type text not null,
  bytes int not null,
  sha256 bytea not null,
  object_key text not null,
  added_at timestamptz not null
);
create index proof_of_receipt on logistics.proof (receipt_id);

create table logistics.claim (
  id uuid primary key default uuidv7(),
  buyer_org uuid not null,
  supplier_org uuid not null,
  buyer_name text not null,
  buyer_name_en text,
  supplier_name text not null,
  supplier_name_en text,
  number text not null,
  shipment_id uuid not null references logistics.shipment (id),
  shipment_number text not null,
  receipt_id uuid not null references logistics.receipt (id),
  line_id uuid not null references logistics.line (id),
  order_number text not null,
  material_code text not null,
  material_name text not null,
  unit text not null,
  kind text not null check (kind in ('short', 'over', 'damaged', 'wrong')),
  quantity numeric(18, 6) not null check (quantity > 0),
  note text not null,
  state text not null check (state in ('open', 'accepted', 'disputed', 'settled', 'withdrawn')),
  settlement text check (settlement in ('redeliver', 'credit', 'takeBack', 'keep')),
  opened_at timestamptz not null,
  version int not null default 1,
  unique (buyer_org, number),
  check ((state = 'settled') = (settlement is not null))
);
create index claim_by_buyer on logistics.claim (buyer_org, opened_at desc, id desc);
create index claim_by_supplier on logistics.claim (supplier_org, opened_at desc, id desc);
create index claim_of_shipment on logistics.claim (shipment_id);

create table logistics.claim_step (
  id uuid primary key default uuidv7(),
  claim_id uuid not null references logistics.claim (id),
  buyer_org uuid not null,
  supplier_org uuid not null,
  at timestamptz not null,
  side text not null check (side in ('buyer', 'supplier')),
  action text not null,
  note text not null,
  settlement text
);
create index claim_step_of_claim on logistics.claim_step (claim_id, at);

create table logistics.goods_return (
  id uuid primary key default uuidv7(),
  buyer_org uuid not null,
  supplier_org uuid not null,
  number text not null,
  receipt_id uuid not null references logistics.receipt (id),
  return_key uuid not null,
  content_hash bytea not null,
  day date not null,
  reason text not null,
  created_at timestamptz not null,
  created_by text,
  constraint return_key unique (buyer_org, return_key),
  unique (buyer_org, number)
);
create index goods_return_of_receipt on logistics.goods_return (receipt_id);

create table logistics.goods_return_line (
  id uuid primary key default uuidv7(),
  return_id uuid not null references logistics.goods_return (id),
  buyer_org uuid not null,
  supplier_org uuid not null,
  receipt_line_id uuid not null references logistics.receipt_line (id),
  quantity numeric(18, 6) not null check (quantity > 0),
  taken_from text not null check (taken_from in ('warehouse', 'quarantine'))
);
create index goods_return_line_of_return on logistics.goods_return_line (return_id);

do $$
declare tab text;
begin
  foreach tab in array array['logistics.receipt', 'logistics.receipt_line', 'logistics.proof', 'logistics.claim', 'logistics.claim_step', 'logistics.goods_return', 'logistics.goods_return_line'] loop
    perform kernel.two_party_table(tab, 'buyer_org', 'supplier_org');
    perform kernel.audited(tab);
    execute format('revoke update, delete on %s from lianshu_app', tab);
    if tab <> 'logistics.claim_step' then
      execute format('create policy buyer_writes on %s as restrictive for insert to lianshu_app with check (buyer_org = (select nullif(current_setting(''app.org'', true), '''')::uuid))', tab);
    end if;
  end loop;
end $$;
grant update (returned) on logistics.receipt_line to lianshu_app;
create policy buyer_returns on logistics.receipt_line as restrictive for update to lianshu_app
  using (buyer_org = (select nullif(current_setting('app.org', true), '')::uuid));
grant update (state, settlement, version) on logistics.claim to lianshu_app;

-- Returnable containers: the supplier's, out with a shipment, back empty. The balance is the sum of what both sides agree on.
create table logistics.container_move (
  id uuid primary key default uuidv7(),
  buyer_org uuid not null,
  supplier_org uuid not null,
  buyer_name text not null,
  buyer_name_en text,
  supplier_name text not null,
  supplier_name_en text,
  code text not null,
  name text not null,
  -- Positive: to the buyer.
  quantity int not null check (quantity <> 0),
  shipment_id uuid references logistics.shipment (id),
  receipt_id uuid references logistics.receipt (id),
  day date not null,
  reported_by text not null check (reported_by in ('buyer', 'supplier')),
  state text not null check (state in ('reported', 'agreed', 'refused')),
  note text not null,
  created_at timestamptz not null
);
create index container_move_account on logistics.container_move (buyer_org, supplier_org, code);
create index container_move_supplier on logistics.container_move (supplier_org);
select kernel.two_party_table('logistics.container_move', 'buyer_org', 'supplier_org');
select kernel.audited('logistics.container_move');
revoke update, delete on logistics.container_move from lianshu_app;
grant update (state) on logistics.container_move to lianshu_app;

create table logistics.container_balance (
  id uuid primary key default uuidv7(),
  buyer_org uuid not null,
  supplier_org uuid not null,
  code text not null,
  day date not null,
  balance int not null,
  signed_by_buyer timestamptz,
  signed_by_supplier timestamptz,
  unique (buyer_org, supplier_org, code, day, balance)
);
create index container_balance_supplier on logistics.container_balance (supplier_org);
select kernel.two_party_table('logistics.container_balance', 'buyer_org', 'supplier_org');
select kernel.audited('logistics.container_balance');
revoke update, delete on logistics.container_balance from lianshu_app;
grant update (signed_by_buyer, signed_by_supplier) on logistics.container_balance to lianshu_app;
