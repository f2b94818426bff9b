select kernel.findable('sourcing.request', 'org_id', array['number', 'title']);
select kernel.findable('sourcing.invitation', 'supplier_org', array['number', 'title', 'buyer_name']);
select kernel.findable('sourcing.agreement', 'buyer_org', array['number', 'title', 'supplier_name']);
select kernel.findable('sourcing.agreement', 'supplier_org', array['number', 'title', 'buyer_name']);
