-- ---------------------------------------------------------------- goods that turned out dearer or cheaper than they were received at
-- The invoice of what came in says another price. It is valued on its own day, after what moved on it: the part of what lies there still
-- changes the stock's value, the rest is no stock any more.
create table inventory.revaluation (
  org_id uuid not null,
  id uuid not null default uuidv7(),
  seq bigint not null generated always as identity,
  material_id uuid not null,
  -- The move that brought it in.
  move_id uuid not null,
  day date not null,
  quantity numeric(18, 6) not null check (quantity > 0),
  amount bigint not null check (amount <> 0),
  reason text not null,
  source_entity text not null,
  source_id text not null,
  source_line text not null,
  posted_at timestamptz not null,
  primary key (org_id, id),
  constraint revaluation_source unique (org_id, source_entity, source_id, source_line, move_id),
  foreign key (org_id, move_id) references inventory.move (org_id, id)
);
select kernel.tenant_table('inventory.revaluation');
select kernel.audited('inventory.revaluation');
revoke update, delete on inventory.revaluation from lianshu_app;

-- 2 is a revaluation, whose id then stands for the move's.
alter table inventory.cost
  drop constraint cost_org_id_move_id_fkey,
  drop constraint cost_direction_check,
  drop constraint cost_value_check,
  add column of_move uuid generated always as (case when direction < 2 then move_id end) stored,
  add column of_revaluation uuid generated always as (case when direction = 2 then move_id end) stored,
  add constraint cost_direction_check check (direction in (0, 1, 2)),
  add constraint cost_value_check check (value >= 0 or direction = 2),
  add constraint cost_of_move foreign key (org_id, of_move) references inventory.move (org_id, id),
  add constraint cost_of_revaluation foreign key (org_id, of_revaluation) references inventory.revaluation (org_id, id);

-- ---------------------------------------------------------------- what each posting changed in the stock's value: what the books follow
-- Added up over a document it is what the document moved in or out, as it is known today; added up over all, the stock's value.
create table inventory.value_change (
  org_id uuid not null,
  batch_id uuid not null,
  source_entity text not null,
  source_id text not null,
  -- Where it came from or went to: a kind of place outside, or a revaluation.
  counter text not null,
  day date not null,
  reason text not null,
  -- Minor units; what goes out is negative.
  value bigint not null check (value <> 0),
  primary key (org_id, source_id, batch_id, source_entity, counter)
);
create index value_change_of_batch on inventory.value_change (org_id, batch_id);
select kernel.tenant_table('inventory.value_change');
revoke update, delete on inventory.value_change from lianshu_app;
