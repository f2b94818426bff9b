-- ---------------------------------------------------------------- terms of payment: rules of law are dated master data with their source
create table finance.term_rule (
  id uuid primary key default uuidv7(),
  clause text not null,
  name text not null,
  payer_classes text[] not null,
  payee_classes text[] not null,
  days int not null check (days between 1 and 365),
  valid_from date not null,
  valid_until date check (valid_until >= valid_from),
  source text not null,
  unique (clause, valid_from)
);
insert into finance.term_rule (clause, name, payer_classes, payee_classes, days, valid_from, valid_until, source) values
  ('sme60', '大型企业自交付之日起 60 日内付款', '{large}', '{medium,small,micro}', 60, '2025-06-01', null,
   '《保障中小企业款项支付条例》（国令第802号，2025-06-01 起施行）第九条；企业规模按第三条依合同订立时确定');
select kernel.audited('finance.term_rule');
select kernel.system_access('finance.term_rule', 'select, insert, update');
grant usage on schema finance to lianshu_system;
create policy for_all on finance.term_rule for select to lianshu_app using (true);
grant select on finance.term_rule to lianshu_app;

-- What the parties agreed, said by the buyer, read by both.
create table finance.partner_term (
  id uuid primary key default uuidv7(),
  buyer_org uuid not null,
  supplier_org uuid not null,
  buyer_name text not null,
  supplier_name text not null,
  days int not null check (days between 0 and 365),
  basis text not null check (basis in ('delivery', 'invoice', 'monthEnd')),
  valid_from date not null,
  source text not null check (source <> ''),
  version int not null default 1,
  check (buyer_org <> supplier_org),
  constraint partner_term_day unique (buyer_org, supplier_org, valid_from)
);
create index partner_term_of_supplier on finance.partner_term (supplier_org, buyer_org, valid_from);
select kernel.two_party_table('finance.partner_term', 'buyer_org', 'supplier_org');
select kernel.audited('finance.partner_term');
create policy buyer_says on finance.partner_term as restrictive for insert to lianshu_app
  with check (buyer_org = (select nullif(current_setting('app.org', true), '')::uuid));
create policy buyer_changes on finance.partner_term as restrictive for update to lianshu_app
  using (buyer_org = (select nullif(current_setting('app.org', true), '')::uuid));
revoke update, delete on finance.partner_term from lianshu_app;
grant update (days, basis, source, version) on finance.partner_term to lianshu_app;

-- The size classes of both parties as they were when the order was made; what changes later does not count.
create table finance.order_class (
  id uuid not null default uuidv7() unique,
  buyer_org uuid not null,
  supplier_org uuid not null,
  order_id uuid not null,
  buyer_class text check (buyer_class in ('large', 'medium', 'small', 'micro')),
  supplier_class text check (supplier_class in ('large', 'medium', 'small', 'micro')),
  frozen_on date not null,
  primary key (buyer_org, order_id)
);
create index order_class_of_supplier on finance.order_class (supplier_org, order_id);
select kernel.two_party_table('finance.order_class', 'buyer_org', 'supplier_org');
select kernel.audited('finance.order_class');
create policy buyer_freezes on finance.order_class as restrictive for insert to lianshu_app
  with check (buyer_org = (select nullif(current_setting('app.org', true), '')::uuid));
revoke update, delete on finance.order_class from lianshu_app;

-- ---------------------------------------------------------------- how exact an invoice must be: the buyer's own settings
create table finance.setting (
  org_id uuid primary key,
  id uuid not null default uuidv7(),
  price_fraction numeric(18, 6) not null check (price_fraction >= 0 and price_fraction < 1),
  line_amount bigint not null check (line_amount >= 0),
  tax_amount bigint not null check (tax_amount >= 0),
  quantity_fraction numeric(18, 6) not null check (quantity_fraction >= 0 and quantity_fraction < 1),
  default_days int not null check (default_days between 0 and 365),
  version int not null default 1
);
select kernel.tenant_table('finance.setting');
select kernel.audited('finance.setting');
revoke delete on finance.setting from lianshu_app;

-- ---------------------------------------------------------------- invoices
create table finance.invoice (
  id uuid primary key default uuidv7(),
  buyer_org uuid not null,
  supplier_org uuid not null,
  buyer_name text not null,
  supplier_name text not null,
  -- Whose draft it was; nobody else sees it before it is submitted.
  drafter_org uuid not null,
  state text not null check (state in ('draft', 'submitted', 'matched', 'blocked', 'approved', 'paid', 'rejected', 'withdrawn')),
  code text check (code ~ '^[0-9]{10}([0-9]{2})?$'),
  number text not null check (number ~ '^([0-9]{8}|[0-9]{20})$'),
  day date not null,
  currency char(3) not null,
  net bigint not null check (abs(net) <= 9007199254740991),
  tax bigint not null check (abs(tax) <= 9007199254740991),
  gross bigint not null check (abs(gross) <= 9007199254740991),
  note text not null default '',
  entered_by text not null,
  entered_name text,
  submitted_at timestamptz,
  -- What the comparison of order, receipt and invoice found; null before it.
  match jsonb,
  matched_at timestamptz,
  blocked_by text,
  blocked_name text,
  block_reason text,
  released_by text,
  released_name text,
  release_reason text,
  approved_name text,
  approved_at timestamptz,
  end_reason text,
  version int not null default 1,
  check (buyer_org <> supplier_org and drafter_org in (buyer_org, supplier_org)),
  check (gross = net + tax),
  check ((code is null) = (length(number) = 20))
);
-- A number stands once per issuer, whoever the buyer is.
create unique index invoice_number on finance.invoice (supplier_org, coalesce(code, ''), number) where state not in ('rejected', 'withdrawn');
create index invoice_of_buyer on finance.invoice (buyer_org, day desc, id desc);
create index invoice_of_supplier on finance.invoice (supplier_org, day desc, id desc);
select kernel.two_party_table('finance.invoice', 'buyer_org', 'supplier_org');
select kernel.audited('finance.invoice');
create policy draft_is_private on finance.invoice as restrictive to lianshu_app
  using (state <> 'draft' or drafter_org = (select nullif(current_setting('app.org', true), '')::uuid));
create policy drafter_makes on finance.invoice as restrictive for insert to lianshu_app
  with check (state = 'draft' and drafter_org = (select nullif(current_setting('app.org', true), '')::uuid));
-- The supplier may submit and withdraw what he entered himself; everything else is the buyer's.
create policy sides_change on finance.invoice as restrictive for update to lianshu_app
  with check (buyer_org = (select nullif(current_setting('app.org', true), '')::uuid)
    or drafter_org = (select nullif(current_setting('app.org', true), '')::uuid) and state in ('draft', 'submitted', 'withdrawn'));
revoke update, delete on finance.invoice from lianshu_app;
grant update (state, code, number, day, net, tax, gross, note, submitted_at, match, matched_at, blocked_by, blocked_name, block_reason,
  released_by, released_name, release_reason, approved_name, approved_at, end_reason, version) on finance.invoice to lianshu_app;

create table finance.invoice_line (
  id uuid primary key default uuidv7(),
  invoice_id uuid not null references finance.invoice (id) on delete cascade,
  buyer_org uuid not null,
  supplier_org uuid not null,
  drafter_org uuid not null,
  draft boolean not null default true,
  line_no int not null,
  accrual_line_id uuid not null references finance.accrual_line (id),
  quantity numeric(18, 6) not null check (quantity <> 0),
  tax_rate numeric(18, 6) not null check (tax_rate >= 0 and tax_rate < 1),
  net bigint not null check (abs(net) <= 9007199254740991),
  tax bigint not null check (abs(tax) <= 9007199254740991),
  unique (invoice_id, line_no),
  constraint invoice_line_once unique (invoice_id, accrual_line_id)
);
create index invoice_line_of_accrual on finance.invoice_line (accrual_line_id);
create index invoice_line_of_buyer on finance.invoice_line (buyer_org);
create index invoice_line_of_supplier on finance.invoice_line (supplier_org);
select kernel.two_party_table('finance.invoice_line', 'buyer_org', 'supplier_org');
select kernel.audited('finance.invoice_line');
create policy draft_is_private on finance.invoice_line as restrictive to lianshu_app
  using (not draft or drafter_org = (select nullif(current_setting('app.org', true), '')::uuid));
create policy drafter_makes on finance.invoice_line as restrictive for insert to lianshu_app
  with check (draft and drafter_org = (select nullif(current_setting('app.org', true), '')::uuid));
create policy drafter_changes on finance.invoice_line as restrictive for update to lianshu_app
  using (drafter_org = (select nullif(current_setting('app.org', true), '')::uuid));
create policy drafter_removes on finance.invoice_line as restrictive for delete to lianshu_app
  using (draft and drafter_org = (select nullif(current_setting('app.org', true), '')::uuid));
revoke update on finance.invoice_line from lianshu_app;
grant update (draft) on finance.invoice_line to lianshu_app;

-- ---------------------------------------------------------------- payables and payments: the supplier reads them as his receivables
create table finance.payable (
  id uuid primary key default uuidv7(),
  buyer_org uuid not null,
  supplier_org uuid not null,
  buyer_name text not null,
  supplier_name text not null,
  invoice_id uuid not null references finance.invoice (id),
  invoice_number text not null,
  invoice_day date not null,
  delivered_day date not null,
  due_day date not null,
  -- Which rule made the due day, with its words: of law, of the parties, or the buyer's default.
  due_kind text not null check (due_kind in ('law', 'agreed', 'default')),
  due_days int not null,
  due_source text not null,
  buyer_class text,
  supplier_class text,
  currency char(3) not null,
  gross bigint not null check (gross <> 0 and abs(gross) <= 9007199254740991),
  paid bigint not null default 0,
  disputed bigint not null default 0,
  dispute_reason text,
  created_at timestamptz not null,
  settled_on date,
  version int not null default 1,
  constraint payable_invoice unique (invoice_id),
  constraint payable_paid check (abs(paid) <= abs(gross) and paid::numeric * gross >= 0),
  constraint payable_disputed check (disputed >= 0 and disputed <= greatest(gross - paid, 0)),
  check ((settled_on is not null) = (paid = gross))
);
create index payable_of_buyer on finance.payable (buyer_org, due_day, id);
create index payable_of_supplier on finance.payable (supplier_org, due_day, id);
create index payable_open_buyer on finance.payable (buyer_org, supplier_org, due_day) where settled_on is null;
create index payable_open_supplier on finance.payable (supplier_org, buyer_org, due_day) where settled_on is null;
select kernel.two_party_table('finance.payable', 'buyer_org', 'supplier_org');
select kernel.audited('finance.payable');
create policy buyer_makes on finance.payable as restrictive for insert to lianshu_app
  with check (buyer_org = (select nullif(current_setting('app.org', true), '')::uuid));
create policy buyer_changes on finance.payable as restrictive for update to lianshu_app
  using (buyer_org = (select nullif(current_setting('app.org', true), '')::uuid));
revoke update, delete on finance.payable from lianshu_app;
grant update (paid, disputed, dispute_reason, settled_on, version) on finance.payable to lianshu_app;

create table finance.payment (
  id uuid primary key default uuidv7(),
  buyer_org uuid not null,
  supplier_org uuid not null,
  buyer_name text not null,
  supplier_name text not null,
  number text not null,
  day date not null,
  currency char(3) not null,
  amount bigint not null check (amount >= 0 and amount <= 9007199254740991),
  method text not null check (method in ('bank', 'acceptance', 'offset', 'other')),
  reference text not null default '',
  created_at timestamptz not null,
  created_name text,
  cancelled_at timestamptz,
  cancel_reason text,
  version int not null default 1,
  constraint payment_number unique (buyer_org, number),
  check ((amount = 0) = (method = 'offset'))
);
create index payment_of_buyer on finance.payment (buyer_org, day, id);
create index payment_of_supplier on finance.payment (supplier_org, day, id);
select kernel.two_party_table('finance.payment', 'buyer_org', 'supplier_org');
select kernel.audited('finance.payment');
create policy buyer_makes on finance.payment as restrictive for insert to lianshu_app
  with check (buyer_org = (select nullif(current_setting('app.org', true), '')::uuid));
create policy buyer_changes on finance.payment as restrictive for update to lianshu_app
  using (buyer_org = (select nullif(current_setting('app.org', true), '')::uuid));
revoke update, delete on finance.payment from lianshu_app;
grant update (cancelled_at, cancel_reason, version) on finance.payment to lianshu_app;

create table finance.allocation (
  id uuid not null default uuidv7() unique,
  payment_id uuid not null references finance.payment (id),
  payable_id uuid not null references finance.payable (id),
  buyer_org uuid not null,
  supplier_org uuid not null,
  amount bigint not null check (amount <> 0 and abs(amount) <= 9007199254740991),
  primary key (payment_id, payable_id)
);
create index allocation_of_payable on finance.allocation (payable_id);
select kernel.two_party_table('finance.allocation', 'buyer_org', 'supplier_org');
select kernel.audited('finance.allocation');
create policy buyer_makes on finance.allocation as restrictive for insert to lianshu_app
  with check (buyer_org = (select nullif(current_setting('app.org', true), '')::uuid));
revoke update, delete on finance.allocation from lianshu_app;
