-- The one search box looks through the newest lots.
create index lot_newest on inventory.lot (org_id, first_day desc, lot);
