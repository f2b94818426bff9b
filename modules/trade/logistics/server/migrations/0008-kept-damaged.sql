-- Of the damaged goods: what the buyer kept by the settlement of the claim, his own and in quarantine from then on. Quantity in the unit of the line.
alter table logistics.receipt_line add column damaged_kept numeric(18, 6) not null default 0 check (damaged_kept >= 0 and damaged_kept <= damaged);
-- Of the excess that was kept: what went back all the same, for which the order owes nothing.
alter table logistics.receipt_line add column excess_kept_back numeric(18, 6) not null default 0
  check (excess_kept_back >= 0 and excess_kept_back <= excess_kept);
grant update (damaged_kept, excess_kept_back) on logistics.receipt_line to lianshu_app;
-- What was kept is one's own like what was accepted: it goes back, or is released, as that does.
alter table logistics.receipt_line drop constraint receipt_line_check;
alter table logistics.receipt_line drop constraint receipt_line_check4;
alter table logistics.receipt_line add constraint returned_of_own check (returned <= accepted + quarantined + damaged_kept - excess + excess_kept);
alter table logistics.receipt_line add constraint taken_of_quarantine check (released + returned_apart <= quarantined + damaged_kept);
