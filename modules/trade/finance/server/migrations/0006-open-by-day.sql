-- What is accrued and not invoiced, of all partners in the order of its days: the first page of a list reads its rows alone.
create index accrual_line_open_buyer_day on finance.accrual_line (buyer_org, day, id) where invoiced_quantity <> quantity;
create index accrual_line_open_supplier_day on finance.accrual_line (supplier_org, day, id) where invoiced_quantity <> quantity;
