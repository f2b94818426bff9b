-- The supplier's own stock behind a shipping notice: what left which place of his, and where it is now. Quantities in the base unit of his
-- own material. His alone: the buyer sees the notice, not the shelves it came from.
create table logistics.transit (
  org_id uuid not null,
  id uuid not null default uuidv7(),
  shipment_id uuid not null references logistics.shipment (id),
  line_id uuid not null references logistics.line (id),
  position int not null,
  material_id uuid not null,
  material_code text not null,
  from_id uuid not null,
  lot text,
  serial text,
  -- Base units of his material per unit of the line.
  factor numeric(18, 6) not null check (factor > 0),
  quantity numeric(18, 6) not null check (quantity > 0),
  delivered numeric(18, 6) not null default 0 check (delivered >= 0),
  lost numeric(18, 6) not null default 0 check (lost >= 0),
  apart numeric(18, 6) not null default 0 check (apart >= 0),
  home numeric(18, 6) not null default 0 check (home >= 0),
  primary key (org_id, id),
  unique (org_id, shipment_id, position),
  check (delivered + lost + apart + home <= quantity)
);
select kernel.tenant_table('logistics.transit');
select kernel.audited('logistics.transit');
revoke update, delete on logistics.transit from lianshu_app;
grant update (delivered, lost, apart, home) on logistics.transit to lianshu_app;
