select kernel.findable('logistics.shipment', 'buyer_org', array['number', 'supplier_name'], 'issued_at is not null');
select kernel.findable('logistics.shipment', 'supplier_org', array['number', 'buyer_name']);
