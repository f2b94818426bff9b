-- Whether a shipping notice goes out only with goods that the books hold; else they follow as far as they know.
alter table inventory.setting add column only_from_stock boolean not null default false;
