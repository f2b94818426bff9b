-- What each side has to bring up again, and nothing else: every page asks for it.
create index consignment_below_of_buyer on inventory.consignment (buyer_org, code, id) where quantity < min_quantity;
create index consignment_below_of_supplier on inventory.consignment (supplier_org, code, id) where quantity < min_quantity;
