-- 来料必检: what comes in of it is looked at by quality before it goes onto the shelf.
alter table materials.material add column inspected_on_receipt boolean not null default false;
