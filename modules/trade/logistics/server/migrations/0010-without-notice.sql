-- Goods that came without a notice: in the transaction of the receipt the buyer writes the notice that the supplier did not, for what he counted.
-- When it left, nobody has said. Its number is of the buyer's own series and clashes with none of the supplier's.
alter table logistics.shipment add column made_by text not null default 'supplier' check (made_by in ('buyer', 'supplier'));
alter table logistics.shipment alter column departure_kind drop not null, alter column departure_at drop not null;
alter table logistics.shipment add constraint departure_of_supplier check (
  case made_by when 'supplier' then departure_kind is not null and departure_at is not null else departure_kind is null and departure_at is null end);
alter table logistics.shipment add constraint made_at_the_gate check (made_by = 'supplier' or issued_at is not null and arrival_kind = 'actual');
alter table logistics.shipment drop constraint shipment_number;
create unique index shipment_number on logistics.shipment (supplier_org, number) where made_by = 'supplier';
create unique index shipment_number_of_buyer on logistics.shipment (buyer_org, number) where made_by = 'buyer';

-- Whose a line is, is whose its notice is: by the key, so that no policy must look it up.
alter table logistics.shipment add constraint shipment_maker unique (id, made_by);
alter table logistics.line add column made_by text not null default 'supplier';
alter table logistics.line add constraint line_of_maker foreign key (shipment_id, made_by) references logistics.shipment (id, made_by) on delete cascade;

drop policy supplier_makes on logistics.shipment;
create policy maker_writes on logistics.shipment as restrictive for insert to lianshu_app
  with check (case made_by
    when 'supplier' then issued_at is null and supplier_org = (select nullif(current_setting('app.org', true), '')::uuid)
    else buyer_org = (select nullif(current_setting('app.org', true), '')::uuid) end);
drop policy supplier_makes on logistics.line;
create policy maker_writes on logistics.line as restrictive for insert to lianshu_app
  with check (case made_by
    when 'supplier' then not issued and supplier_org = (select nullif(current_setting('app.org', true), '')::uuid)
    else issued and buyer_org = (select nullif(current_setting('app.org', true), '')::uuid) end);

create or replace function logistics.keep_issued() returns trigger language plpgsql as $$
begin
  if (new.id, new.buyer_org, new.supplier_org, new.made_by) is distinct from (old.id, old.buyer_org, old.supplier_org, old.made_by) then
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
