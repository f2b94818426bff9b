-- The buyer asks for a delivery on another day, the supplier answers with a day or says why not. One at a time for each schedule line.
create table orders.expedite (
  id uuid primary key default uuidv7(),
  order_id uuid not null references orders.order (id),
  schedule_line_id uuid not null references orders.schedule_line (id),
  buyer_org uuid not null,
  supplier_org uuid not null,
  wanted_day date not null,
  reason text not null,
  asked_by text not null,
  asked_at timestamptz not null,
  state text not null default 'asked' check (state in ('asked', 'promised', 'refused', 'withdrawn')),
  promised_day date,
  answer text,
  answered_by text,
  answered_at timestamptz,
  -- The amendment that the promise was put into; null: nothing was changed, or something was being talked over already.
  revision_no int,
  version int not null default 1,
  check ((state = 'promised') = (promised_day is not null)),
  check ((state in ('promised', 'refused')) = (answered_at is not null))
);
create unique index expedite_once on orders.expedite (schedule_line_id) where state = 'asked';
create index expedite_of_line on orders.expedite (schedule_line_id, asked_at desc);
create index expedite_of_order on orders.expedite (order_id, asked_at desc);
create index expedite_asked_by_buyer on orders.expedite (buyer_org, wanted_day) where state = 'asked';
create index expedite_asked_of_supplier on orders.expedite (supplier_org, wanted_day) where state = 'asked';
create index expedite_of_buyer on orders.expedite (buyer_org, asked_at desc, id desc);
create index expedite_of_supplier on orders.expedite (supplier_org, asked_at desc, id desc);
select kernel.two_party_table('orders.expedite', 'buyer_org', 'supplier_org');
select kernel.audited('orders.expedite');
create policy buyer_asks on orders.expedite as restrictive for insert to lianshu_app
  with check (buyer_org = (select nullif(current_setting('app.org', true), '')::uuid) and state = 'asked');
-- An answer is given once, by the supplier; the buyer takes back what was not answered.
create policy side_ends on orders.expedite as restrictive for update to lianshu_app
  using (state = 'asked')
  with check (case state when 'withdrawn' then buyer_org else supplier_org end = (select nullif(current_setting('app.org', true), '')::uuid));
revoke update, delete on orders.expedite from lianshu_app;
grant update (state, promised_day, answer, answered_by, answered_at, revision_no, version) on orders.expedite to lianshu_app;

alter table orders.reminder drop constraint reminder_reason_check;
alter table orders.reminder add check (reason in ('dueSoon', 'overdue', 'unanswered', 'expedite'));
