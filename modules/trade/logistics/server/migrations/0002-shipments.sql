-- Shipping notices. The supplier makes one from agreed schedule lines; the buyer sees it once it is issued.
create table logistics.shipment (
  id uuid primary key default uuidv7(),
  buyer_org uuid not null,
  supplier_org uuid not null,
  buyer_name text not null,
  buyer_name_en text,
  supplier_name text not null,
  supplier_name_en text,
  -- Null in a draft.
  number text,
  state text not null check (state in ('draft', 'issued', 'inTransit', 'arrived', 'receiving', 'received', 'short', 'cancelled')),
  deliver_to text not null,
  carrier text not null,
  vehicle text not null,
  -- Of the driver no more than who must be let in; the phone number is wiped when the shipment has ended.
  driver_name text not null,
  driver_phone text not null,
  note text not null,
  departure_kind text not null check (departure_kind in ('estimated', 'actual')),
  departure_at timestamptz not null,
  arrival_kind text not null check (arrival_kind in ('estimated', 'actual')),
  arrival_at timestamptz not null,
  line_count int not null,
  pack_count int not null,
  search_text text not null,
  cancel_reason text,
  created_at timestamptz not null,
  created_by text,
  issued_at timestamptz,
  version int not null default 1,
  check (buyer_org <> supplier_org),
  check ((state = 'draft') = (issued_at is null)),
  check ((issued_at is null) = (number is null)),
  check (departure_at < arrival_at),
  check (arrival_kind = 'estimated' or departure_kind = 'actual'),
  constraint shipment_number unique (supplier_org, number)
);
create index shipment_by_supplier on logistics.shipment (supplier_org, created_at desc, id desc);
create index shipment_by_buyer on logistics.shipment (buyer_org, created_at desc, id desc) where issued_at is not null;
create index shipment_expected on logistics.shipment (buyer_org, arrival_at) where state in ('issued', 'inTransit', 'arrived', 'receiving');
select kernel.two_party_table('logistics.shipment', 'buyer_org', 'supplier_org');
select kernel.audited('logistics.shipment', 'driver_name', 'driver_phone');
create policy draft_is_his on logistics.shipment as restrictive for select to lianshu_app
  using (issued_at is not null or supplier_org = (select nullif(current_setting('app.org', true), '')::uuid));
create policy supplier_makes on logistics.shipment as restrictive for insert to lianshu_app
  with check (issued_at is null and supplier_org = (select nullif(current_setting('app.org', true), '')::uuid));
create policy supplier_discards on logistics.shipment as restrictive for delete to lianshu_app
  using (issued_at is null and supplier_org = (select nullif(current_setting('app.org', true), '')::uuid));
create policy both_move on logistics.shipment as restrictive for update to lianshu_app
  using (issued_at is not null or supplier_org = (select nullif(current_setting('app.org', true), '')::uuid));

-- Issued is issued: what was said stays, and an actual time is final.
create function logistics.keep_issued() returns trigger language plpgsql as $$
begin
  if (new.id, new.buyer_org, new.supplier_org) is distinct from (old.id, old.buyer_org, old.supplier_org) then
    raise exception 'logistics: the parties of a shipment never change';
  end if;
  if old.issued_at is null then return new; end if;
  if (new.number, new.deliver_to, new.carrier, new.vehicle, new.note, new.line_count, new.pack_count, new.issued_at)
    is distinct from (old.number, old.deliver_to, old.carrier, old.vehicle, old.note, old.line_count, old.pack_count, old.issued_at) then
    raise exception 'logistics: an issued notice changes in its times alone';
  end if;
  if old.departure_kind = 'actual' and (new.departure_kind, new.departure_at) is distinct from (old.departure_kind, old.departure_at)
    or old.arrival_kind = 'actual' and (new.arrival_kind, new.arrival_at) is distinct from (old.arrival_kind, old.arrival_at) then
    raise exception 'logistics: an actual time is final';
  end if;
  if old.state in ('received', 'short', 'cancelled') and new.state <> old.state then
    raise exception 'logistics: a shipment that has ended stays so';
  end if;
  return new;
end $$;
create trigger keep_issued before update on logistics.shipment for each row execute function logistics.keep_issued();

create table logistics.line (
  id uuid primary key default uuidv7(),
  shipment_id uuid not null references logistics.shipment (id) on delete cascade,
  buyer_org uuid not null,
  supplier_org uuid not null,
  issued boolean not null default false,
  line_no int not null,
  schedule_line_id uuid not null,
  order_id uuid not null,
  order_number text not null,
  order_line_no int not null,
  schedule_no int not null,
  material_id uuid not null,
  material_code text not null,
  material_name text not null,
  supplier_code text,
  specification text not null,
  unit text not null,
  agreed_day date not null,
  quantity numeric(18, 6) not null check (quantity > 0),
  -- Counted by the receipts.
  accepted numeric(18, 6) not null default 0 check (accepted >= 0),
  rejected numeric(18, 6) not null default 0 check (rejected >= 0),
  excess numeric(18, 6) not null default 0 check (excess >= 0),
  missing numeric(18, 6) not null default 0 check (missing >= 0),
  unique (shipment_id, line_no),
  unique (shipment_id, schedule_line_id)
);
create index line_of_schedule on logistics.line (schedule_line_id);

create table logistics.pack (
  id uuid primary key default uuidv7(),
  shipment_id uuid not null references logistics.shipment (id) on delete cascade,
  buyer_org uuid not null,
  supplier_org uuid not null,
  issued boolean not null default false,
  pack_no int not null,
  within_no int check (within_no < pack_no),
  kind text not null check (kind in ('pallet', 'box')),
  sscc text,
  unique (shipment_id, pack_no),
  constraint pack_sscc unique (sscc)
);

create table logistics.content (
  id uuid primary key default uuidv7(),
  shipment_id uuid not null references logistics.shipment (id) on delete cascade,
  buyer_org uuid not null,
  supplier_org uuid not null,
  issued boolean not null default false,
  line_no int not null,
  -- Null: loose.
  pack_no int,
  position int not null,
  quantity numeric(18, 6) not null check (quantity > 0),
  lot text,
  serial text,
  produced_on date,
  expires_on date,
  foreign key (shipment_id, line_no) references logistics.line (shipment_id, line_no),
  foreign key (shipment_id, pack_no) references logistics.pack (shipment_id, pack_no)
);
create index content_of_shipment on logistics.content (shipment_id, pack_no, position);

create table logistics.shipment_container (
  id uuid primary key default uuidv7(),
  shipment_id uuid not null references logistics.shipment (id) on delete cascade,
  buyer_org uuid not null,
  supplier_org uuid not null,
  issued boolean not null default false,
  code text not null,
  name text not null,
  quantity int not null check (quantity > 0),
  unique (shipment_id, code)
);

do $$
declare tab text;
begin
  foreach tab in array array['logistics.line', 'logistics.pack', 'logistics.content', 'logistics.shipment_container'] loop
    perform kernel.two_party_table(tab, 'buyer_org', 'supplier_org');
    perform kernel.audited(tab);
    execute format('create policy draft_is_his on %s as restrictive for select to lianshu_app using (issued or supplier_org = (select nullif(current_setting(''app.org'', true), '''')::uuid))', tab);
    execute format('create policy supplier_makes on %s as restrictive for insert to lianshu_app with check (not issued and supplier_org = (select nullif(current_setting(''app.org'', true), '''')::uuid))', tab);
    execute format('create policy supplier_discards on %s as restrictive for delete to lianshu_app using (not issued and supplier_org = (select nullif(current_setting(''app.org'', true), '''')::uuid))', tab);
    execute format('revoke update on %s from lianshu_app', tab);
    execute format('grant update (issued) on %s to lianshu_app', tab);
  end loop;
end $$;
grant update (accepted, rejected, excess, missing) on logistics.line to lianshu_app;
grant update (sscc) on logistics.pack to lianshu_app;
create policy buyer_counts on logistics.line as restrictive for update to lianshu_app
  using (issued or supplier_org = (select nullif(current_setting('app.org', true), '')::uuid));
create policy supplier_numbers on logistics.pack as restrictive for update to lianshu_app
  using (not issued and supplier_org = (select nullif(current_setting('app.org', true), '')::uuid)) with check (true);
create policy supplier_issues on logistics.content as restrictive for update to lianshu_app
  using (not issued and supplier_org = (select nullif(current_setting('app.org', true), '')::uuid)) with check (true);
create policy supplier_issues on logistics.shipment_container as restrictive for update to lianshu_app
  using (not issued and supplier_org = (select nullif(current_setting('app.org', true), '')::uuid)) with check (true);

-- Docks of the buyer, and who comes when. A place within a slot is taken once: by the index, whoever else books at the same moment.
create table logistics.dock (
  org_id uuid not null,
  id uuid not null default uuidv7() unique,
  code text not null,
  name text not null,
  open_minute int not null check (open_minute between 0 and 1439),
  close_minute int not null check (close_minute between 1 and 1440),
  slot_minutes int not null check (slot_minutes between 10 and 480),
  capacity int not null check (capacity between 1 and 50),
  closed boolean not null default false,
  version int not null default 1,
  primary key (org_id, id),
  check (open_minute + slot_minutes <= close_minute),
  constraint dock_code unique (org_id, code)
);
select kernel.tenant_table('logistics.dock');
select kernel.audited('logistics.dock');
revoke delete on logistics.dock from lianshu_app;

create table logistics.appointment (
  id uuid primary key default uuidv7(),
  shipment_id uuid not null references logistics.shipment (id) on delete cascade,
  buyer_org uuid not null,
  supplier_org uuid not null,
  dock_id uuid not null references logistics.dock (id),
  dock_code text not null,
  dock_name text not null,
  day date not null,
  start_minute int not null,
  end_minute int not null check (end_minute > start_minute),
  place int not null check (place between 1 and 50),
  booked_at timestamptz not null,
  constraint appointment_of_shipment unique (shipment_id),
  constraint appointment_place unique (dock_id, day, start_minute, place)
);
create index appointment_by_buyer on logistics.appointment (buyer_org, day, start_minute);
select kernel.two_party_table('logistics.appointment', 'buyer_org', 'supplier_org');
select kernel.audited('logistics.appointment');

-- How full the buyer's docks are on a day, for whoever has a shipment to him: figures, never whose.
create policy counted on logistics.dock for select to lianshu_owner using (true);
create policy counted on logistics.appointment for select to lianshu_owner using (true);
create policy counted on logistics.shipment for select to lianshu_owner using (true);
create function logistics.dock_slots(shipment uuid, on_day date)
  returns table (dock_id uuid, code text, name text, start_minute int, end_minute int, capacity int, taken int)
  language sql stable security definer set search_path = pg_catalog, logistics
  as $$
    select d.id, d.code, d.name, m, m + d.slot_minutes, d.capacity,
      (select count(*)::int from logistics.appointment a where a.dock_id = d.id and a.day = on_day and a.start_minute = m)
    from logistics.shipment s
      join logistics.dock d on d.org_id = s.buyer_org and not d.closed
      cross join lateral generate_series(d.open_minute, d.close_minute - d.slot_minutes, d.slot_minutes) m
    where s.id = shipment and kernel.current_org() in (s.buyer_org, s.supplier_org)
    order by d.code, m $$;
revoke execute on function logistics.dock_slots from public;
grant execute on function logistics.dock_slots to lianshu_app;
