-- Of the damaged goods: what the buyer kept by the settlement of the claim, his own and in quarantine from then on. Quantity in the unit of the line.
alter table logistics.receipt_line add column damaged_kept numeric(18, 6) not null default 0 check (damaged_kept >= 0 and damaged_kept <= damaged);
-- Of the excess that was kept: what went back all the same, for which the order owes nothing.
alter table logistics.receipt_line add column excess_kept_back numeric(18, 6) not null default 0
  check (excess_kept_back >= 0 and excess_kept_back <= excess_kept);
grant update (damaged_kept, excess_kept_back) on logistics.receipt_line to lianshu_app;
