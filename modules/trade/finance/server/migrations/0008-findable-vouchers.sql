select kernel.findable('finance.voucher', 'org_id', array['number', 'summary', 'source_number']);
select kernel.findable('finance.payment', 'buyer_org', array['number', 'supplier_name', 'reference']);
select kernel.findable('finance.payment', 'supplier_org', array['number', 'buyer_name', 'reference']);
