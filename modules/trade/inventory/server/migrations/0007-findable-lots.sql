-- A lot has no id of its own; otherwise as kernel.findable.
create index lot_found on inventory.lot using gin (org_id, kernel.grams(lower(lot)));
create policy search_looks on inventory.lot for select to lianshu_owner using (true);
create function inventory.find_lots(wanted text[], patterns text[], most int) returns table (material_id uuid, lot text)
  language plpgsql stable security definer rows 100 set search_path = pg_catalog set plan_cache_mode = force_custom_plan
  set max_parallel_workers_per_gather = 0 set enable_seqscan = off as $$
begin
  return query select l.material_id, l.lot from inventory.lot l
    where l.org_id = kernel.current_org() and kernel.grams(lower(l.lot)) @> wanted and lower(l.lot) like all (patterns)
    limit most;
end $$;
revoke execute on function inventory.find_lots from public;
grant execute on function inventory.find_lots to lianshu_app;
