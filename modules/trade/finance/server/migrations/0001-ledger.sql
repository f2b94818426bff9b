create schema finance;
grant usage on schema finance to lianshu_app;

-- ---------------------------------------------------------------- chart of accounts, one organisation's own, dated
create table finance.account (
  org_id uuid not null,
  id uuid not null default uuidv7(),
  -- Levels parted by points: 2221, 2221.01, 2221.01.01.
  code text not null check (code ~ '^[0-9]{4}(\.[0-9]{2,4}){0,4}$'),
  name text not null check (name <> ''),
  name_en text,
  kind text not null check (kind in ('asset', 'liability', 'common', 'equity', 'cost', 'profit')),
  -- The side on which its balance usually stands.
  side text not null check (side in ('debit', 'credit')),
  valid_from date not null,
  valid_until date check (valid_until >= valid_from),
  -- After which rule it was made.
  source text not null,
  version int not null default 1,
  primary key (org_id, id),
  constraint account_code unique (org_id, code)
);
select kernel.tenant_table('finance.account');
select kernel.audited('finance.account');
revoke update, delete on finance.account from lianshu_app;
grant update (name, name_en, valid_until, version) on finance.account to lianshu_app;

-- Which account each business step posts to, from a date on.
create table finance.posting (
  org_id uuid not null,
  id uuid not null default uuidv7(),
  role text not null check (role in ('stock', 'accrued', 'payable', 'inputTax', 'difference', 'bank')),
  valid_from date not null,
  account_id uuid not null,
  version int not null default 1,
  primary key (org_id, role, valid_from),
  foreign key (org_id, account_id) references finance.account (org_id, id)
);
select kernel.tenant_table('finance.posting');
select kernel.audited('finance.posting');
revoke delete on finance.posting from lianshu_app;

-- ---------------------------------------------------------------- periods: open until closed
create table finance.period (
  org_id uuid not null,
  id uuid not null default uuidv7(),
  period text not null check (period ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
  closed_at timestamptz,
  closed_by text,
  version int not null default 1,
  primary key (org_id, period)
);
select kernel.tenant_table('finance.period');
select kernel.audited('finance.period');
revoke delete on finance.period from lianshu_app;

-- ---------------------------------------------------------------- vouchers: written once, balanced, never changed
create table finance.voucher (
  org_id uuid not null,
  id uuid not null default uuidv7(),
  number text not null,
  day date not null,
  period text not null,
  summary text not null check (summary <> ''),
  kind text not null check (kind in ('accrual', 'accrualReversal', 'invoice', 'payment', 'manual', 'reversal')),
  currency char(3) not null,
  -- Sum of one side. Amounts stay below 2^53, so that no reader of ours rounds one.
  total bigint not null check (abs(total) <= 9007199254740991),
  -- What it was posted for, with that document's number and day: those stay where the voucher had to go to a later period.
  source_entity text,
  source_id uuid,
  source_number text,
  source_day date,
  reverses uuid,
  posted_at timestamptz not null,
  posted_by text,
  primary key (org_id, id),
  constraint voucher_number unique (org_id, number),
  constraint voucher_reversed_once unique (org_id, reverses),
  constraint voucher_source unique (org_id, source_entity, source_id, currency),
  foreign key (org_id, reverses) references finance.voucher (org_id, id),
  check (period = lpad(extract(year from day)::text, 4, '0') || '-' || lpad(extract(month from day)::text, 2, '0')),
  check ((source_entity is null) = (source_id is null)),
  check ((kind = 'reversal') = (reverses is not null))
);
create index voucher_by_day on finance.voucher (org_id, day, id);
create index voucher_by_period on finance.voucher (org_id, period, number, id);
select kernel.tenant_table('finance.voucher');
select kernel.audited('finance.voucher');
revoke update, delete on finance.voucher from lianshu_app;

create table finance.voucher_line (
  org_id uuid not null,
  voucher_id uuid not null,
  id uuid not null default uuidv7(),
  line_no int not null check (line_no > 0),
  account_id uuid not null,
  -- As the account was called when this was posted.
  account_code text not null,
  account_name text not null,
  summary text not null,
  -- One side only; a red amount (红字) is negative on its own side.
  debit bigint not null check (abs(debit) <= 9007199254740991),
  credit bigint not null check (abs(credit) <= 9007199254740991),
  partner_org uuid,
  partner_name text,
  primary key (org_id, voucher_id, line_no),
  foreign key (org_id, voucher_id) references finance.voucher (org_id, id),
  foreign key (org_id, account_id) references finance.account (org_id, id),
  check ((debit = 0) <> (credit = 0))
);
create index voucher_line_of_account on finance.voucher_line (org_id, account_id);
select kernel.tenant_table('finance.voucher_line');
select kernel.audited('finance.voucher_line');
revoke update, delete on finance.voucher_line from lianshu_app;

create function finance.keep_posted() returns trigger language plpgsql as $$
begin
  raise exception 'finance: a posted voucher is never changed, only reversed';
end $$;
create trigger keep_posted before update or delete on finance.voucher for each row execute function finance.keep_posted();
create trigger keep_posted before update or delete on finance.voucher_line for each row execute function finance.keep_posted();

-- At the end of the transaction both sides of a voucher are equal and make up its total; one without lines, or whose lines the transaction
-- can no longer see, is not let through either.
create function finance.check_balance() returns trigger language plpgsql as $$
declare
  the_org uuid := new.org_id;
  the_voucher uuid := case when tg_table_name = 'voucher' then (to_jsonb(new)->>'id')::uuid else (to_jsonb(new)->>'voucher_id')::uuid end;
  debits numeric;
  credits numeric;
  stated numeric;
begin
  select sum(l.debit), sum(l.credit) into debits, credits from finance.voucher_line l where l.org_id = the_org and l.voucher_id = the_voucher;
  select v.total into stated from finance.voucher v where v.org_id = the_org and v.id = the_voucher;
  if debits is null or credits is null or stated is null or debits <> credits or debits <> stated then
    raise exception 'finance: voucher % is not balanced: debit %, credit %, total %', the_voucher, debits, credits, stated
      using errcode = 'check_violation', constraint = 'voucher_balanced';
  end if;
  return null;
end $$;
create constraint trigger voucher_balanced after insert on finance.voucher deferrable initially deferred
  for each row execute function finance.check_balance();
create constraint trigger voucher_balanced after insert on finance.voucher_line deferrable initially deferred
  for each row execute function finance.check_balance();

-- Nothing enters a closed period. The period's row is shared until the end of the transaction, so that nobody closes it meanwhile.
create function finance.check_period() returns trigger language plpgsql as $$
declare closed timestamptz;
begin
  insert into finance.period (org_id, period) values (new.org_id, new.period) on conflict do nothing;
  select p.closed_at into closed from finance.period p where p.org_id = new.org_id and p.period = new.period for share;
  if not found or closed is not null then
    raise exception 'finance: period % is closed', new.period using errcode = 'check_violation', constraint = 'voucher_period_open';
  end if;
  return new;
end $$;
create trigger check_period before insert on finance.voucher for each row execute function finance.check_period();

-- ---------------------------------------------------------------- what was accepted and not yet invoiced (暂估应付): both parties read it
create table finance.accrual (
  id uuid primary key default uuidv7(),
  buyer_org uuid not null,
  supplier_org uuid not null,
  buyer_name text not null,
  supplier_name text not null,
  -- The receipt's own id, or the return's: once each.
  receipt_id uuid not null,
  receipt_number text not null,
  kind text not null check (kind in ('receipt', 'return')),
  day date not null,
  created_at timestamptz not null,
  check (buyer_org <> supplier_org),
  constraint accrual_receipt unique (buyer_org, receipt_id)
);
create index accrual_of_buyer on finance.accrual (buyer_org, supplier_org, day, id);
create index accrual_of_supplier on finance.accrual (supplier_org, buyer_org, day, id);
select kernel.two_party_table('finance.accrual', 'buyer_org', 'supplier_org');
select kernel.audited('finance.accrual');
create policy buyer_makes on finance.accrual as restrictive for insert to lianshu_app
  with check (buyer_org = (select nullif(current_setting('app.org', true), '')::uuid));
revoke update, delete on finance.accrual from lianshu_app;

create table finance.accrual_line (
  id uuid primary key default uuidv7(),
  accrual_id uuid not null references finance.accrual (id),
  buyer_org uuid not null,
  supplier_org uuid not null,
  day date not null,
  line_no int not null,
  receipt_line_id uuid not null,
  schedule_line_id uuid not null,
  order_id uuid not null,
  order_number text not null,
  material_id uuid not null,
  material_code text not null,
  material_name text not null,
  unit text not null,
  -- Of a return negative, as its amounts.
  quantity numeric(18, 6) not null check (quantity <> 0),
  currency char(3) not null,
  net_price numeric(18, 6) not null check (net_price >= 0),
  tax_rate numeric(18, 6) not null check (tax_rate >= 0 and tax_rate < 1),
  net bigint not null check (abs(net) <= 9007199254740991),
  tax bigint not null check (abs(tax) <= 9007199254740991),
  -- How much of it approved invoices have taken: never past the whole, never on the other side of zero.
  invoiced_quantity numeric(18, 6) not null default 0,
  invoiced_net bigint not null default 0,
  invoiced_tax bigint not null default 0,
  constraint accrual_line_once unique (accrual_id, receipt_line_id, schedule_line_id),
  constraint accrual_line_invoiced check (
    abs(invoiced_quantity) <= abs(quantity) and invoiced_quantity * quantity >= 0
    and abs(invoiced_net) <= abs(net) and abs(invoiced_tax) <= abs(tax)
    and (invoiced_quantity <> quantity or (invoiced_net = net and invoiced_tax = tax))),
  check (sign(net) in (0, sign(quantity)) and sign(tax) in (0, sign(quantity)))
);
create index accrual_line_of on finance.accrual_line (accrual_id, line_no);
create index accrual_line_open_buyer on finance.accrual_line (buyer_org, supplier_org, day, id) where invoiced_quantity <> quantity;
create index accrual_line_open_supplier on finance.accrual_line (supplier_org, buyer_org, day, id) where invoiced_quantity <> quantity;
select kernel.two_party_table('finance.accrual_line', 'buyer_org', 'supplier_org');
select kernel.audited('finance.accrual_line');
create policy buyer_makes on finance.accrual_line as restrictive for insert to lianshu_app
  with check (buyer_org = (select nullif(current_setting('app.org', true), '')::uuid));
create policy buyer_changes on finance.accrual_line as restrictive for update to lianshu_app
  using (buyer_org = (select nullif(current_setting('app.org', true), '')::uuid));
revoke update, delete on finance.accrual_line from lianshu_app;
grant update (invoiced_quantity, invoiced_net, invoiced_tax) on finance.accrual_line to lianshu_app;
