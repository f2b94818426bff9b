select kernel.findable('orders.order', 'buyer_org', array['number', 'supplier_name']);
select kernel.findable('orders.order', 'supplier_org', array['number', 'buyer_name'], 'proposed_at is not null');
