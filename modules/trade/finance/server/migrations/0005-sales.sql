-- ---------------------------------------------------------------- the supplier's own books: what he has delivered is owed to him
alter table finance.posting drop constraint posting_role_check, add constraint posting_role_check check (role in
  ('stock', 'accrued', 'payable', 'inputTax', 'difference', 'bank', 'receivable', 'revenue', 'outputTax', 'outputTaxPending'));
alter table finance.voucher drop constraint voucher_kind_check, add constraint voucher_kind_check check (kind in
  ('accrual', 'accrualReversal', 'invoice', 'payment', 'manual', 'reversal', 'sale', 'saleInvoice'));

-- ---------------------------------------------------------------- what waits for somebody, asked for by every page
create index invoice_waits_for_buyer on finance.invoice (buyer_org, state, day, id) where state in ('matched', 'blocked', 'disputed');
create index invoice_waits_for_supplier on finance.invoice (supplier_org, state, day, id) where state in ('proposed', 'confirmed');
create index statement_waits_for_buyer on finance.statement (buyer_org, state, until_day, id) where state in ('proposed', 'disputed');
create index statement_waits_for_supplier on finance.statement (supplier_org, state, until_day, id) where state in ('proposed', 'disputed');
