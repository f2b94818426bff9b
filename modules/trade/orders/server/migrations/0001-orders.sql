create schema orders;
grant usage on schema orders to lianshu_app;

-- The head of a document of two parties. What it says of terms, amounts and days is the projection of the revision in force.
create table orders.order (
  id uuid primary key default uuidv7(),
  number text not null,
  buyer_org uuid not null,
  supplier_org uuid not null,
  -- The parties' names as they were when the order was made.
  buyer_name text not null,
  buyer_name_en text,
  supplier_name text not null,
  supplier_name_en text,
  state text not null check (state in ('draft', 'awaitingApproval', 'proposed', 'agreed', 'completed', 'closed', 'rejected', 'withdrawn', 'cancelled')),
  -- Who must answer the open proposal, until when.
  turn text check (turn in ('buyer', 'supplier')),
  response_hours int not null check (response_hours between 1 and 720),
  respond_by timestamptz,
  last_revision int not null default 0,
  agreed_revision int,
  open_revision int,
  currency char(3) not null,
  deliver_to text not null,
  payment_terms text not null,
  payment_days int,
  over_tolerance numeric(18, 6) not null,
  under_tolerance numeric(18, 6) not null,
  grace_days int not null,
  -- Of the revision in force, in minor units.
  net_amount bigint not null,
  tax_amount bigint not null,
  line_count int not null,
  -- The first day on which something is due that is not whole yet.
  next_day date,
  -- Goes before others.
  urgent boolean not null default false,
  created_at timestamptz not null,
  created_by text,
  -- Null: the supplier has never seen it and does not see it.
  proposed_at timestamptz,
  agreed_at timestamptz,
  first_shipped_at timestamptz,
  ended_at timestamptz,
  end_reason text,
  -- What lists sort by: without a date comes last.
  answer_order timestamptz not null generated always as (coalesce(respond_by, 'infinity'::timestamptz)) stored,
  due_order date not null generated always as (coalesce(next_day, 'infinity'::date)) stored,
  version int not null default 1,
  check (buyer_org <> supplier_org),
  check ((turn is null) = (open_revision is null) and (turn is null) = (respond_by is null)),
  check (state not in ('agreed', 'completed') or agreed_revision is not null),
  check (state <> 'proposed' or turn is not null),
  check (turn is null or state in ('proposed', 'agreed')),
  constraint order_number unique (buyer_org, number)
);
create index order_of_buyer on orders.order (buyer_org, created_at, id);
create index order_of_supplier on orders.order (supplier_org, created_at, id) where proposed_at is not null;
create index order_waits_for_buyer on orders.order (buyer_org, answer_order, id) where turn = 'buyer' or state = 'awaitingApproval';
create index order_waits_for_supplier on orders.order (supplier_org, answer_order, id) where turn = 'supplier';
create index order_talked_of_buyer on orders.order (buyer_org, answer_order, id) where turn is not null;
create index order_talked_of_supplier on orders.order (supplier_org, answer_order, id) where turn is not null;
create index order_due_to_buyer on orders.order (buyer_org, due_order, id) where state = 'agreed';
create index order_due_of_supplier on orders.order (supplier_org, due_order, id) where state = 'agreed';
select kernel.two_party_table('orders.order', 'buyer_org', 'supplier_org');
select kernel.audited('orders.order');
create policy buyer_orders on orders.order as restrictive for insert to lianshu_app
  with check (buyer_org = (select nullif(current_setting('app.org', true), '')::uuid) and agreed_revision is null);
create policy drafts_are_the_buyers on orders.order as restrictive for select to lianshu_app
  using (buyer_org = (select nullif(current_setting('app.org', true), '')::uuid) or proposed_at is not null);
revoke update, delete on orders.order from lianshu_app;
-- Number, parties and maker never change.
grant update (state, turn, response_hours, respond_by, last_revision, agreed_revision, open_revision, currency, deliver_to, payment_terms, payment_days, over_tolerance,
  under_tolerance, grace_days, net_amount, tax_amount, line_count, next_day, urgent, proposed_at, agreed_at, first_shipped_at, ended_at, end_reason, version) on orders.order to lianshu_app;

-- What one side proposes, whole and for good; only what became of it is written later.
create table orders.revision (
  id uuid not null default uuidv7() unique,
  order_id uuid not null references orders.order (id),
  no int not null,
  buyer_org uuid not null,
  supplier_org uuid not null,
  side text not null check (side in ('buyer', 'supplier')),
  kind text not null check (kind in ('order', 'counter', 'amendment', 'cancellation')),
  outcome text not null check (outcome in ('open', 'agreed', 'superseded', 'rejected', 'withdrawn')),
  content jsonb not null,
  -- SHA-256 over number, revision, kind and content in canonical form: what both sides sign.
  hash text not null check (hash ~ '^[0-9a-f]{64}$'),
  note text not null,
  person_id text not null,
  person text not null,
  at timestamptz not null,
  decided_at timestamptz,
  primary key (order_id, no)
);
-- Never two open proposals, never two revisions in force.
create unique index revision_open on orders.revision (order_id) where outcome = 'open';
create unique index revision_agreed on orders.revision (order_id) where outcome = 'agreed';
select kernel.two_party_table('orders.revision', 'buyer_org', 'supplier_org');
-- The content stands in the row itself for good; the audit keeps its hash.
select kernel.audited('orders.revision', 'content');
create policy own_side on orders.revision as restrictive for insert to lianshu_app
  with check (case side when 'buyer' then buyer_org else supplier_org end = (select nullif(current_setting('app.org', true), '')::uuid));
revoke update, delete on orders.revision from lianshu_app;
grant update (outcome, decided_at) on orders.revision to lianshu_app;

create function orders.keep_outcome() returns trigger language plpgsql as $$
begin
  if old.outcome <> new.outcome and old.outcome <> 'open' and not (old.outcome = 'agreed' and new.outcome = 'superseded') then
    raise exception 'orders: what became of a revision does not change';
  end if;
  return new;
end $$;
create trigger keep_outcome before update on orders.revision for each row execute function orders.keep_outcome();

-- One per side and revision.
create table orders.signature (
  id uuid not null default uuidv7() unique,
  order_id uuid not null,
  revision_no int not null,
  buyer_org uuid not null,
  supplier_org uuid not null,
  side text not null check (side in ('buyer', 'supplier')),
  hash text not null,
  person_id text not null,
  person text not null,
  at timestamptz not null,
  -- How: `person` is a signed-in person and the hash; a provider of electronic seals names its own way and gives its seal.
  method text not null,
  seal text,
  primary key (order_id, revision_no, side),
  foreign key (order_id, revision_no) references orders.revision (order_id, no)
);
select kernel.two_party_table('orders.signature', 'buyer_org', 'supplier_org');
select kernel.audited('orders.signature');
create policy own_side on orders.signature as restrictive for insert to lianshu_app
  with check (case side when 'buyer' then buyer_org else supplier_org end = (select nullif(current_setting('app.org', true), '')::uuid));
revoke update, delete on orders.signature from lianshu_app;

create function orders.agreed_by_both() returns trigger language plpgsql as $$
begin
  if new.agreed_revision is distinct from old.agreed_revision and 2 <> (
    select count(*) from orders.signature s join orders.revision r on r.order_id = s.order_id and r.no = s.revision_no and r.hash = s.hash
    where s.order_id = new.id and s.revision_no = new.agreed_revision
  ) then
    raise exception 'orders: a revision is agreed by the signatures of both sides';
  end if;
  return new;
end $$;
create trigger agreed_by_both before update of agreed_revision on orders.order for each row execute function orders.agreed_by_both();

-- The projection of the agreed, or else the open, revision: what lists, shipping notices and counters work with.
create table orders.line (
  id uuid primary key default uuidv7(),
  order_id uuid not null references orders.order (id),
  line_no int not null,
  buyer_org uuid not null,
  supplier_org uuid not null,
  material_id uuid not null,
  material_code text not null,
  material_name text not null,
  supplier_code text,
  specification text not null,
  unit text not null,
  unit_factor numeric(18, 6) not null check (unit_factor > 0),
  quantity numeric(18, 6) not null check (quantity >= 0),
  net_price numeric(18, 6) not null check (net_price >= 0),
  tax_rate numeric(18, 6) not null,
  net_amount bigint not null,
  tax_amount bigint not null,
  rejected_by text check (rejected_by in ('buyer', 'supplier')),
  rejected_reason text,
  constraint line_no unique (order_id, line_no)
);
create index line_of_buyer on orders.line (buyer_org, material_id);
create index line_of_supplier on orders.line (supplier_org, material_id);
select kernel.two_party_table('orders.line', 'buyer_org', 'supplier_org');
revoke delete on orders.line from lianshu_app;

create table orders.schedule_line (
  id uuid primary key default uuidv7(),
  order_id uuid not null references orders.order (id),
  line_id uuid not null references orders.line (id),
  line_no int not null,
  schedule_no int not null,
  buyer_org uuid not null,
  supplier_org uuid not null,
  -- proposed: talked over; agreed: to be delivered; whole: all of it accepted; ended: with its order; dropped: not in the revision in force.
  state text not null check (state in ('proposed', 'agreed', 'whole', 'ended', 'dropped')),
  requested_quantity numeric(18, 6),
  requested_day date,
  confirmed_quantity numeric(18, 6),
  confirmed_day date,
  confirmed_reason text,
  -- What was agreed, before that what the open proposal comes to.
  due_quantity numeric(18, 6) not null check (due_quantity >= 0),
  due_day date not null,
  -- Null before the first agreement.
  agreed_quantity numeric(18, 6),
  agreed_day date,
  -- With the tolerance.
  most numeric(18, 6) not null default 0,
  -- From here on it is whole.
  least numeric(18, 6) not null default 0,
  grace_days int not null default 0,
  shipped numeric(18, 6) not null default 0 check (shipped >= 0),
  accepted numeric(18, 6) not null default 0 check (accepted >= 0),
  rejected numeric(18, 6) not null default 0 check (rejected >= 0),
  last_accepted_on date,
  -- The day on which it became whole.
  whole_on date,
  constraint schedule_no unique (line_id, schedule_no),
  constraint shipped_within_agreed check (shipped - rejected <= most),
  constraint accepted_within_agreed check (accepted <= most)
) with (fillfactor = 90);
create index schedule_line_of_order on orders.schedule_line (order_id, line_no, schedule_no);
create index schedule_line_of_buyer on orders.schedule_line (buyer_org, due_day, id) where state in ('proposed', 'agreed');
create index schedule_line_of_supplier on orders.schedule_line (supplier_org, due_day, id) where state in ('proposed', 'agreed');
-- Punctuality of a period, per side.
create index schedule_line_agreed_by_buyer on orders.schedule_line (buyer_org, agreed_day) where agreed_day is not null;
create index schedule_line_agreed_by_supplier on orders.schedule_line (supplier_org, agreed_day) where agreed_day is not null;
select kernel.two_party_table('orders.schedule_line', 'buyer_org', 'supplier_org');
revoke delete on orders.schedule_line from lianshu_app;

-- What was accepted and rejected is the buyer's to say.
create function orders.buyer_receives() returns trigger language plpgsql as $$
begin
  if (new.accepted <> old.accepted or new.rejected <> old.rejected) and new.buyer_org <> nullif(current_setting('app.org', true), '')::uuid then
    raise exception 'orders: goods are received by the buyer';
  end if;
  return new;
end $$;
create trigger buyer_receives before update of accepted, rejected on orders.schedule_line for each row execute function orders.buyer_receives();

-- Follow-up: who reminded the other side of what.
create table orders.reminder (
  id uuid not null default uuidv7() unique,
  order_id uuid not null references orders.order (id),
  buyer_org uuid not null,
  supplier_org uuid not null,
  side text not null check (side in ('buyer', 'supplier')),
  reason text not null check (reason in ('dueSoon', 'overdue', 'unanswered')),
  day date not null,
  no_of_day int not null,
  person text not null,
  note text not null,
  at timestamptz not null,
  -- The limit of a day cannot be passed by two at once.
  primary key (order_id, side, day, no_of_day)
);
select kernel.two_party_table('orders.reminder', 'buyer_org', 'supplier_org');
select kernel.audited('orders.reminder');
create policy own_side on orders.reminder as restrictive for insert to lianshu_app
  with check (case side when 'buyer' then buyer_org else supplier_org end = (select nullif(current_setting('app.org', true), '')::uuid));
revoke update, delete on orders.reminder from lianshu_app;

-- The buyer's own way to an order: its content before it is proposed, who prepared, submitted and approved it.
create table orders.draft (
  org_id uuid not null,
  order_id uuid not null,
  id uuid not null generated always as (order_id) stored,
  content jsonb not null,
  note text not null default '',
  prepared_by text not null,
  -- Everybody who has made, changed or submitted it: none of them approves it.
  hands text[] not null,
  submitted_by text,
  submitted_at timestamptz,
  sent_back_note text,
  approved_by text,
  approved_at timestamptz,
  -- Gross, in minor units: up to here no further approval is needed.
  approved_amount bigint,
  primary key (org_id, order_id)
);
select kernel.tenant_table('orders.draft');
select kernel.audited('orders.draft', 'content');
revoke delete on orders.draft from lianshu_app;

-- Each side's private annex to an order.
create table orders.annex (
  org_id uuid not null,
  order_id uuid not null,
  id uuid not null generated always as (order_id) stored,
  note text not null default '',
  -- The buyer's cost object, the supplier's own number of the order.
  cost_object text not null default '',
  own_number text not null default '',
  version int not null default 1,
  primary key (org_id, order_id)
);
create index annex_own_number on orders.annex (org_id, own_number) where own_number <> '';
select kernel.tenant_table('orders.annex');
select kernel.audited('orders.annex');
revoke delete on orders.annex from lianshu_app;

create table orders.setting (
  org_id uuid primary key,
  id uuid not null generated always as (org_id) stored,
  -- Gross, in minor units; null: nothing needs an approval.
  approval_limit bigint check (approval_limit >= 0),
  approval_currency char(3) not null,
  response_hours int not null check (response_hours between 1 and 720),
  over_tolerance numeric(18, 6) not null,
  under_tolerance numeric(18, 6) not null,
  grace_days int not null,
  deliver_to text not null,
  payment_terms text not null,
  payment_days int,
  version int not null default 1
);
select kernel.tenant_table('orders.setting');
select kernel.audited('orders.setting');
revoke delete on orders.setting from lianshu_app;
