-- As the order says: the goods stay the supplier's until the buyer uses them.
alter table logistics.line add column consigned boolean not null default false;
-- Base units of the buyer's material per unit of the line, of consigned lines: their use is counted in base units.
alter table logistics.line add column unit_factor numeric(18, 6) check (unit_factor > 0);
alter table logistics.line add check (not consigned or unit_factor is not null);
-- Of what was delivered into consignment, what the supplier's books have moved on since: used, or back with him.
alter table logistics.transit add column gone numeric(18, 6) not null default 0 check (gone between 0 and delivered);
grant update (gone) on logistics.transit to lianshu_app;
create index line_consigned on logistics.line (supplier_org, buyer_org, material_id, id) where consigned;
create index transit_of_line on logistics.transit (org_id, line_id);

-- Usages that the supplier's stock has followed, so that each is followed once. His alone.
create table logistics.followed_use (
  org_id uuid not null,
  usage_id uuid not null,
  primary key (org_id, usage_id)
);
select kernel.tenant_table('logistics.followed_use');
select kernel.audited('logistics.followed_use');
revoke update, delete on logistics.followed_use from lianshu_app;
