-- A supplier's stock of what he supplies to a buyer, seen by that buyer: asked for by the buyer, opened by the supplier, ended by either.
-- The figure is written by the supplier's own postings and is gone with the agreement.
create table inventory.stock_share (
  id uuid primary key default uuidv7(),
  buyer_org uuid not null,
  supplier_org uuid not null,
  state text not null check (state in ('requested', 'shared', 'ended')),
  -- As the buyer's catalogue has it.
  material_id uuid not null,
  code text not null,
  name text not null,
  specification text not null,
  unit text not null,
  purpose text not null check (purpose <> ''),
  -- The supplier's own material behind it.
  own_material_id uuid,
  own_code text,
  quantity numeric(18, 6) check (quantity >= 0),
  as_of timestamptz,
  asked_at timestamptz not null,
  agreed_at timestamptz,
  ended_at timestamptz,
  version int not null default 1,
  search_text text not null generated always as (lower(code || ' ' || name || ' ' || specification || ' ' || coalesce(own_code, ''))) stored,
  check (buyer_org <> supplier_org),
  check ((state = 'shared') = (quantity is not null and as_of is not null)),
  check (state <> 'shared' or own_material_id is not null and agreed_at is not null),
  check ((state = 'ended') = (ended_at is not null))
);
create unique index stock_share_of on inventory.stock_share (buyer_org, supplier_org, material_id) where state <> 'ended';
create index stock_share_of_buyer on inventory.stock_share (buyer_org, code, id);
create index stock_share_of_supplier on inventory.stock_share (supplier_org, code, id);
-- What the supplier's postings look for.
create index stock_share_figure on inventory.stock_share (supplier_org, own_material_id) where state = 'shared';
select kernel.two_party_table('inventory.stock_share', 'buyer_org', 'supplier_org');
select kernel.audited('inventory.stock_share');
revoke update, delete on inventory.stock_share from lianshu_app;
grant update (state, own_material_id, own_code, quantity, as_of, agreed_at, ended_at, version) on inventory.stock_share to lianshu_app;
create policy buyer_asks on inventory.stock_share as restrictive for insert to lianshu_app
  with check (state = 'requested' and buyer_org = (select nullif(current_setting('app.org', true), '')::uuid));

create function inventory.keep_share() returns trigger language plpgsql as $$
begin
  if old.state = 'ended' then raise exception 'inventory: a share that has ended stays as it is'; end if;
  -- Only the supplier opens his stock and says how much there is.
  if new.state = 'shared' and old.supplier_org is distinct from nullif(current_setting('app.org', true), '')::uuid
  then raise exception 'inventory: nobody shares another''s stock'; end if;
  return new;
end $$;
create trigger keep_share before update on inventory.stock_share for each row execute function inventory.keep_share();
