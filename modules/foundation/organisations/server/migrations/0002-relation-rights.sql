-- Of a relation only its course and the sides' present names change; who stands in it, and as what, is settled when it is proposed.
revoke update on organisations.relation from lianshu_app;
grant update (until, confirmed_at, version, buyer_name, buyer_name_en, buyer_industry, buyer_city,
  supplier_name, supplier_name_en, supplier_industry, supplier_city) on organisations.relation to lianshu_app;
