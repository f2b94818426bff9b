select kernel.findable('finance.invoice', 'buyer_org', array['number', 'bill_number', 'supplier_name']);
select kernel.findable('finance.invoice', 'supplier_org', array['number', 'bill_number', 'buyer_name']);
select kernel.findable('finance.statement', 'buyer_org', array['number', 'supplier_name']);
select kernel.findable('finance.statement', 'supplier_org', array['number', 'buyer_name']);
