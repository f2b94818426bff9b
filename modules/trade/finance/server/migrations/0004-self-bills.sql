-- ---------------------------------------------------------------- consigned goods used are accrued as a receipt is
-- Of a usage: receipt_* name the usage, the line's order_id is the consignment's (the contract behind it) and order_number is empty.
alter table finance.accrual drop constraint accrual_kind_check,
  add constraint accrual_kind_check check (kind in ('receipt', 'return', 'usage'));
alter table finance.statement_line drop constraint statement_line_kind_check,
  add constraint statement_line_kind_check check (kind in ('receipt', 'return', 'usage', 'invoice', 'payment', 'paymentCancelled'));

-- ---------------------------------------------------------------- a self-bill (结算单) is an invoice that the buyer writes
-- It has the buyer's number until the supplier issues his tax invoice by it; its day is the last day it bills until then.
alter table finance.invoice
  add column bill_number text check (bill_number <> ''),
  add column bill_day date,
  add column dispute_reason text,
  add column confirmed_at timestamptz,
  add column confirmed_name text,
  alter column number drop not null,
  drop constraint invoice_state_check,
  add constraint invoice_state_check check (state in
    ('draft', 'proposed', 'disputed', 'confirmed', 'submitted', 'matched', 'blocked', 'approved', 'paid', 'rejected', 'withdrawn')),
  add constraint invoice_bill check ((bill_number is null) = (bill_day is null) and (bill_number is null or drafter_org = buyer_org)),
  add constraint invoice_numbered check (number is not null
    or bill_number is not null and state in ('draft', 'proposed', 'disputed', 'confirmed', 'withdrawn')),
  add constraint invoice_agreed check (state not in ('proposed', 'disputed', 'confirmed') or bill_number is not null);
create unique index invoice_bill_number on finance.invoice (buyer_org, bill_number);
grant update (bill_day, dispute_reason, confirmed_at, confirmed_name) on finance.invoice to lianshu_app;

-- Of a self-bill the supplier confirms or disputes it and issues his invoice by it; before and after, it is the buyer's.
drop policy sides_change on finance.invoice;
create policy sides_change on finance.invoice as restrictive for update to lianshu_app
  with check (buyer_org = (select nullif(current_setting('app.org', true), '')::uuid)
    or drafter_org = (select nullif(current_setting('app.org', true), '')::uuid) and state in ('draft', 'submitted', 'withdrawn')
    or bill_number is not null and state in ('confirmed', 'disputed', 'submitted'));
-- The policy sees the new row alone: from which state the supplier leads a self-bill on is held here.
create function finance.keep_bill() returns trigger language plpgsql as $$
begin
  if old.buyer_org is distinct from nullif(current_setting('app.org', true), '')::uuid and old.bill_number is not null
    and old.state not in ('proposed', 'disputed', 'confirmed')
  then raise exception 'finance: the self-bill is not the supplier''s to change now'; end if;
  return new;
end $$;
create trigger keep_bill before update on finance.invoice for each row execute function finance.keep_bill();
