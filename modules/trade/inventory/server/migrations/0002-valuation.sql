-- How an organisation values its stock, and up to which day its books are closed.
create table inventory.setting (
  org_id uuid primary key,
  method text not null default 'average' check (method in ('fifo', 'average')),
  currency char(3) not null default 'CNY',
  closed_until date,
  version int not null default 1
);
select kernel.tenant_table('inventory.setting');
select kernel.audited('inventory.setting');
revoke delete on inventory.setting from lianshu_app;

-- What a move of one's own goods into or out of the organisation was worth. Derived from the moves in the order day, in before out, posting;
-- a move entered late derives those behind it anew and touches none before.
create table inventory.cost (
  org_id uuid not null,
  move_id uuid not null,
  material_id uuid not null,
  day date not null,
  -- 0 in, 1 out.
  direction smallint not null check (direction in (0, 1)),
  seq bigint not null,
  quantity numeric(18, 6) not null check (quantity > 0),
  -- Minor units of the organisation's currency.
  value bigint not null check (value >= 0),
  -- Came in without a price when none was known either.
  unpriced boolean not null,
  quantity_after numeric(18, 6) not null check (quantity_after >= 0),
  value_after bigint not null check (value_after >= 0),
  primary key (org_id, move_id),
  foreign key (org_id, move_id) references inventory.move (org_id, id)
);
create unique index cost_order on inventory.cost (org_id, material_id, day, direction, seq);
select kernel.tenant_table('inventory.cost');

-- First in, first out: what came in together at one price, and what is left of it.
create table inventory.layer (
  org_id uuid not null,
  move_id uuid not null,
  material_id uuid not null,
  day date not null,
  seq bigint not null,
  quantity numeric(18, 6) not null check (quantity > 0),
  value bigint not null check (value >= 0),
  left_quantity numeric(18, 6) not null check (left_quantity between 0 and quantity),
  left_value bigint not null check (left_value between 0 and value),
  primary key (org_id, move_id),
  check (left_quantity > 0 or left_value = 0)
);
create index layer_open on inventory.layer (org_id, material_id, day, seq) where left_quantity > 0;
select kernel.tenant_table('inventory.layer');

create table inventory.layer_use (
  org_id uuid not null,
  -- What went out.
  move_id uuid not null,
  layer_id uuid not null,
  quantity numeric(18, 6) not null check (quantity > 0),
  value bigint not null check (value >= 0),
  primary key (org_id, move_id, layer_id),
  foreign key (org_id, layer_id) references inventory.layer (org_id, move_id)
);
create index layer_use_of on inventory.layer_use (org_id, layer_id);
select kernel.tenant_table('inventory.layer_use');
