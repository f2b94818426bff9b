-- Of the excess: what the buyer kept by the settlement of the claim, his own from then on. Quantity in the unit of the line.
alter table logistics.receipt_line add column excess_kept numeric(18, 6) not null default 0 check (excess_kept >= 0);
alter table logistics.receipt_line add check (excess_returned + excess_kept <= excess);
grant update (excess_kept) on logistics.receipt_line to lianshu_app;
