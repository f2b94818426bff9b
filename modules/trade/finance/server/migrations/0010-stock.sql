-- ---------------------------------------------------------------- stock in the books: what the account holds is what the stock is worth
alter table finance.posting drop constraint posting_role_check, add constraint posting_role_check check (role in
  ('stock', 'accrued', 'payable', 'inputTax', 'difference', 'bank', 'receivable', 'revenue', 'outputTax', 'outputTaxPending',
   'production', 'scrap', 'countDifference', 'costOfSales', 'priceDifference'));
alter table finance.voucher drop constraint voucher_kind_check, add constraint voucher_kind_check check (kind in
  ('accrual', 'accrualReversal', 'invoice', 'payment', 'manual', 'reversal', 'sale', 'saleInvoice', 'stock'));

-- A late move changes what later documents were worth: these get a further voucher each. All others have one per document and currency.
alter table finance.voucher drop constraint voucher_source;
create unique index voucher_source on finance.voucher (org_id, source_entity, source_id, currency) where kind <> 'stock';
create index voucher_of_source on finance.voucher (org_id, source_id) where source_id is not null;

-- What stands on the stock account for a document so far, by what it was posted against; receipts and invoices put it there themselves.
create table finance.stock_posting (
  org_id uuid not null,
  id uuid not null default uuidv7(),
  source_id text not null,
  role text not null check (role in ('production', 'scrap', 'countDifference', 'costOfSales', 'priceDifference')),
  -- Minor units, debit.
  posted bigint not null check (abs(posted) <= 9007199254740991),
  primary key (org_id, source_id, role)
);
select kernel.tenant_table('finance.stock_posting');
select kernel.audited('finance.stock_posting');
revoke update, delete on finance.stock_posting from lianshu_app;
grant update (posted) on finance.stock_posting to lianshu_app;
