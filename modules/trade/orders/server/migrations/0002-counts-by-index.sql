-- A list counts up to ten thousand rows besides showing its first page. With what the policies and filters ask for in the index itself,
-- the count reads no row (measured under load: two to three times as fast).
drop index orders.schedule_line_of_buyer;
drop index orders.schedule_line_of_supplier;
create index schedule_line_of_buyer on orders.schedule_line (buyer_org, due_day, id) include (supplier_org, state, grace_days) where state in ('proposed', 'agreed');
create index schedule_line_of_supplier on orders.schedule_line (supplier_org, due_day, id) include (buyer_org, state, grace_days) where state in ('proposed', 'agreed');
drop index orders.order_due_to_buyer;
drop index orders.order_due_of_supplier;
create index order_due_to_buyer on orders.order (buyer_org, due_order, id) include (supplier_org, proposed_at) where state = 'agreed';
create index order_due_of_supplier on orders.order (supplier_org, due_order, id) include (buyer_org, proposed_at) where state = 'agreed';
