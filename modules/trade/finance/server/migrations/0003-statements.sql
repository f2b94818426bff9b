-- What of the accrual the invoice took, tax included: an invoice moves a partner's balance only by what it differs.
alter table finance.payable add column accrued_gross bigint not null default 0;

-- ---------------------------------------------------------------- statements (对账单): one content, signed by both
create table finance.statement (
  id uuid primary key default uuidv7(),
  buyer_org uuid not null,
  supplier_org uuid not null,
  buyer_name text not null,
  supplier_name text not null,
  proposer_org uuid not null,
  number text not null,
  state text not null check (state in ('proposed', 'disputed', 'signed', 'withdrawn')),
  currency char(3) not null,
  -- The signed statement before it; its closing balance is this one's opening balance.
  previous_id uuid references finance.statement (id),
  until_day date not null,
  opening bigint not null check (abs(opening) <= 9007199254740991),
  closing bigint not null check (abs(closing) <= 9007199254740991),
  -- SHA-256 of the canonical JSON of parties, days, balances and lines: what both sign.
  content_hash text not null check (content_hash ~ '^[0-9a-f]{64}$'),
  created_at timestamptz not null,
  buyer_signed_at timestamptz,
  buyer_signed_name text,
  supplier_signed_at timestamptz,
  supplier_signed_name text,
  -- Sizes on the day of the second signature.
  buyer_class text,
  supplier_class text,
  end_reason text,
  version int not null default 1,
  check (buyer_org <> supplier_org and proposer_org in (buyer_org, supplier_org)),
  check (state <> 'signed' or (buyer_signed_at is not null and supplier_signed_at is not null)),
  constraint statement_number unique (proposer_org, number)
);
create unique index statement_open on finance.statement (buyer_org, supplier_org, currency) where state in ('proposed', 'disputed');
-- Each signed statement is followed by one.
create unique index statement_chain on finance.statement (buyer_org, supplier_org, currency, previous_id) nulls not distinct where state = 'signed';
create index statement_of_buyer on finance.statement (buyer_org, until_day, id);
create index statement_of_supplier on finance.statement (supplier_org, until_day, id);
select kernel.two_party_table('finance.statement', 'buyer_org', 'supplier_org');
select kernel.audited('finance.statement');
create policy proposer_makes on finance.statement as restrictive for insert to lianshu_app
  with check (state = 'proposed' and proposer_org = (select nullif(current_setting('app.org', true), '')::uuid));
revoke update, delete on finance.statement from lianshu_app;
grant update (state, until_day, closing, content_hash, buyer_signed_at, buyer_signed_name, supplier_signed_at, supplier_signed_name, buyer_class,
  supplier_class, end_reason, version) on finance.statement to lianshu_app;

create function finance.keep_signed() returns trigger language plpgsql as $$
declare acting uuid := nullif(current_setting('app.org', true), '')::uuid;
begin
  if old.state in ('signed', 'withdrawn') then raise exception 'finance: a statement that is signed or withdrawn stays as it is'; end if;
  -- Nobody signs for the other side; a signature is only ever taken away.
  if new.buyer_signed_at is not null and new.buyer_signed_at is distinct from old.buyer_signed_at and acting is distinct from new.buyer_org
    or new.supplier_signed_at is not null and new.supplier_signed_at is distinct from old.supplier_signed_at and acting is distinct from new.supplier_org
  then raise exception 'finance: nobody signs a statement for the other side'; end if;
  return new;
end $$;
create trigger keep_signed before update on finance.statement for each row execute function finance.keep_signed();

create table finance.statement_line (
  id uuid primary key default uuidv7(),
  statement_id uuid not null references finance.statement (id),
  buyer_org uuid not null,
  supplier_org uuid not null,
  proposer_org uuid not null,
  line_no int not null,
  kind text not null check (kind in ('receipt', 'return', 'invoice', 'payment', 'paymentCancelled')),
  document_id uuid not null,
  number text not null,
  day date not null,
  -- By how much it moves what the buyer owes.
  amount bigint not null check (abs(amount) <= 9007199254740991),
  answer text check (answer in ('ticked', 'disputed')),
  reason text,
  constraint statement_line_once unique (statement_id, kind, document_id),
  check ((answer = 'disputed') = (reason is not null))
);
create index statement_line_of on finance.statement_line (statement_id, line_no);
create index statement_line_document on finance.statement_line (document_id, kind);
create index statement_line_of_buyer on finance.statement_line (buyer_org);
create index statement_line_of_supplier on finance.statement_line (supplier_org);
select kernel.two_party_table('finance.statement_line', 'buyer_org', 'supplier_org');
select kernel.audited('finance.statement_line');
create policy proposer_makes on finance.statement_line as restrictive for insert to lianshu_app
  with check (proposer_org = (select nullif(current_setting('app.org', true), '')::uuid));
create policy proposer_removes on finance.statement_line as restrictive for delete to lianshu_app
  using (proposer_org = (select nullif(current_setting('app.org', true), '')::uuid));
-- The other side answers.
create policy partner_answers on finance.statement_line as restrictive for update to lianshu_app
  using (proposer_org <> (select nullif(current_setting('app.org', true), '')::uuid));
revoke update on finance.statement_line from lianshu_app;
grant update (answer, reason) on finance.statement_line to lianshu_app;

create function finance.keep_signed_line() returns trigger language plpgsql as $$
begin
  if exists (select from finance.statement s where s.id = coalesce(new.statement_id, old.statement_id) and s.state in ('signed', 'withdrawn')) then
    raise exception 'finance: the lines of a statement that is signed or withdrawn stay as they are';
  end if;
  return coalesce(new, old);
end $$;
create trigger keep_signed before insert or update or delete on finance.statement_line for each row execute function finance.keep_signed_line();
