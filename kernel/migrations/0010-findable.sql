-- What the one search box finds, however much is kept. Row-level security bars LIKE and array operators from an index (they are not
-- leakproof), so each kind of document has one function that looks words up as the owner, for the organisation of the transaction alone,
-- and gives ids, which are read again under row-level security.

-- Pairs of neighbouring characters, and single ones beyond ASCII: what of a word can be looked up.
create function kernel.grams(searched text) returns text[] language sql immutable strict parallel safe as $$
  select array_agg(gram) from (
    select a || b as gram from (select string_to_array(searched, null) as chars) t, unnest(chars, chars[2:]) as pair(a, b) where a <> ' ' and b <> ' '
    union all select a from unnest(string_to_array(searched, null)) a where a > '~') found
$$;
create extension if not exists btree_gin with schema public;

-- Rows of `tab` are found by the text columns `words`, by the organisation in the column `own`; `visible`: which of them at all. Makes
-- <schema>.find_<table>_by_<own>(wanted pairs, LIKE patterns in small letters, at most so many) and its index. Without the index each
-- text would be cut into its pairs again, 40 µs a row; the planner does not know that.
create function kernel.findable(tab regclass, own text, words text[], visible text default 'true') returns void language plpgsql as $$
declare
  place record;
  texts text;
begin
  select n.nspname as schema, c.relname as name into place from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = tab;
  select 'lower(' || string_agg(format('coalesce(%I, '''')', word), ' || '' '' || ' order by no) || ')' into texts
    from unnest(words) with ordinality as w(word, no);
  execute format('create index %I on %s using gin (%I, kernel.grams(%s)) where %s', place.name || '_found_by_' || own, tab, own, texts, visible);
  if not exists (select from pg_policy where polrelid = tab and polname = 'search_looks') then
    execute format('create policy search_looks on %s for select to lianshu_owner using (true)', tab);
  end if;
  execute format('create function %I.%I(wanted text[], patterns text[], most int) returns setof uuid
    language plpgsql stable security definer rows 100 set search_path = pg_catalog set plan_cache_mode = force_custom_plan
    set max_parallel_workers_per_gather = 0 set enable_seqscan = off as $f$
    begin
      return query select t.id from %s t
        where %I = kernel.current_org() and kernel.grams(%s) @> wanted and %s like all (patterns) and %s
        limit most;
    end $f$', place.schema, 'find_' || place.name || '_by_' || own, tab, own, texts, texts, visible);
  execute format('revoke execute on function %I.%I from public', place.schema, 'find_' || place.name || '_by_' || own);
  execute format('grant execute on function %I.%I to lianshu_app', place.schema, 'find_' || place.name || '_by_' || own);
end $$;
