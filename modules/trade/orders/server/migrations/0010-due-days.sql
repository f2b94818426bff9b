-- Of which day their people were told that it comes or has passed; null: of none yet. A day that was agreed anew is told anew.
alter table orders.order add column told_overdue_of timestamptz;
grant update (told_overdue_of) on orders.order to lianshu_app;
alter table orders.schedule_line add column told_soon_of date, add column told_overdue_of date;

-- They hold what nobody was told of yet: however much is late, the loop reads none of it twice.
create index order_answer_untold on orders.order (respond_by) where turn is not null and told_overdue_of is distinct from respond_by;
create index schedule_line_soon_untold on orders.schedule_line (due_day) where state = 'agreed' and told_soon_of is distinct from due_day;
create index schedule_line_overdue_untold on orders.schedule_line ((due_day + grace_days)) where state = 'agreed' and told_overdue_of is distinct from due_day;

-- Whose days they are; what they are about stays with the parties.
grant usage on schema orders to lianshu_system;
select kernel.system_access('orders.order', 'select (id, buyer_org, turn, respond_by, told_overdue_of)');
select kernel.system_access('orders.schedule_line',
  'select (order_id, buyer_org, supplier_org, state, due_day, grace_days, least, shipped, rejected, told_soon_of, told_overdue_of)');
