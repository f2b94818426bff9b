-- What comes back to the supplier: refused at the door (a claim of damage or of the wrong item) or returned later. He books in what he has in
-- his hands again, or says that it will not come. Quantities in the unit of the line.
alter table logistics.claim add column came_back numeric(18, 6) not null default 0 check (came_back >= 0);
alter table logistics.claim add column forgone numeric(18, 6) not null default 0 check (forgone >= 0);
alter table logistics.claim add check (came_back + forgone <= quantity);
grant update (came_back, forgone) on logistics.claim to lianshu_app;
create index claim_coming_back on logistics.claim (supplier_org, opened_at)
  where kind in ('damaged', 'wrong') and settlement is distinct from 'keep' and came_back + forgone < quantity;

alter table logistics.goods_return_line add column came_back numeric(18, 6) not null default 0 check (came_back >= 0);
alter table logistics.goods_return_line add column forgone numeric(18, 6) not null default 0 check (forgone >= 0);
alter table logistics.goods_return_line add check (came_back + forgone <= quantity);
grant update (came_back, forgone) on logistics.goods_return_line to lianshu_app;
create policy supplier_takes_back on logistics.goods_return_line as restrictive for update to lianshu_app
  using (supplier_org = (select nullif(current_setting('app.org', true), '')::uuid));
create index goods_return_line_coming_back on logistics.goods_return_line (supplier_org, id) where came_back + forgone < quantity;

alter table logistics.transit add column forgone numeric(18, 6) not null default 0 check (forgone >= 0);
alter table logistics.transit drop constraint transit_check;
alter table logistics.transit add constraint transit_check check (delivered + lost + apart + home + forgone <= quantity);
grant update (forgone) on logistics.transit to lianshu_app;

-- How much beyond the notice the supplier's stock was asked for, so that it is asked once. His alone.
create table logistics.beyond (
  org_id uuid not null,
  line_id uuid not null references logistics.line (id),
  -- In the unit of the line.
  asked numeric(18, 6) not null check (asked > 0),
  primary key (org_id, line_id)
);
select kernel.tenant_table('logistics.beyond');
select kernel.audited('logistics.beyond');
revoke delete on logistics.beyond from lianshu_app;
