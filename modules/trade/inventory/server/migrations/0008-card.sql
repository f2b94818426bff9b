-- The stock card goes back from the newest move, place by place, and begins with what is there now.
create index move_out_of on inventory.move (org_id, material_id, from_id, day, seq);
create index move_into on inventory.move (org_id, material_id, to_id, day, seq);
create index balance_of_material on inventory.balance (org_id, material_id) where quantity <> 0 and not may_be_negative;
