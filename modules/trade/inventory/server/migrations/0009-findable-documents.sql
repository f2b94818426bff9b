create index document_by_time on inventory.document (org_id, created_at desc);
create index stocktake_by_time on inventory.stocktake (org_id, created_at desc);
select kernel.findable('inventory.document', 'org_id', array['number', 'reason', 'created_by']);
select kernel.findable('inventory.stocktake', 'org_id', array['number', 'created_by']);
