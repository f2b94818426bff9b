-- What waits for the supplier's word, and nothing else: every page asks for it.
create index container_move_reported on logistics.container_move (supplier_org, day, id) where state = 'reported';
