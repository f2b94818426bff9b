-- A search is looked up once: how many have the words, at most `most`, and which where they are no more than `given`. A look-up of some
-- milliseconds is not worth starting other processes for, and without the index each text would be cut into its pairs again, 40 µs a row.
create function materials.search_counted(wanted text[], patterns text[], in_use boolean, most int, given int, out n int, out ids uuid[])
  language plpgsql stable security definer set search_path = pg_catalog set plan_cache_mode = force_custom_plan
  set max_parallel_workers_per_gather = 0 set enable_seqscan = off as $$
begin
  select count(*)::int, case when count(*) <= given then array_agg(id) end into n, ids from (
    select m.id from materials.material m
      where m.org_id = kernel.current_org() and materials.grams(m.search_text) @> wanted and m.search_text like all (patterns)
        and (in_use is null or (m.retired_at is null) = in_use)
      limit most) found;
end $$;
revoke execute on function materials.search_counted from public;
grant execute on function materials.search_counted to lianshu_app;
drop function materials.search;
