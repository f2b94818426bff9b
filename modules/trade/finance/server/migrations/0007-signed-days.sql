-- Days from receipt to payment that the order said when the goods were received: what both had signed.
alter table finance.accrual_line add column payment_days int check (payment_days between 0 and 365);
