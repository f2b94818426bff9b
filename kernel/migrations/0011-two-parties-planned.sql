-- Of “one of two columns is the organisation” the planner takes one row in a hundred for granted, and sorts a whole table rather than reading a
-- page along its index. Of “is not null” it takes nearly every row: a query names its own side anyway, and what it names is what is estimated.
create or replace function kernel.two_party_table(tab regclass, side1 text, side2 text) returns void language plpgsql as $$
declare party text := format('(select nullif(current_setting(''app.org'', true), '''')::uuid) in (%I, %I)', side1, side2);
begin
  execute format('alter table %s enable row level security', tab);
  execute format('alter table %s force row level security', tab);
  execute format('create policy both_parties on %s to lianshu_app using (nullif(%s, false) is not null) with check (%2$s)', tab, party);
  execute format('grant select, insert, update, delete on %s to lianshu_app', tab);
end $$;
do $$
declare written record;
begin
  for written in select format('%I.%I', schemaname, tablename) as tab, qual from pg_policies where policyname = 'both_parties' loop
    execute format('alter policy both_parties on %s using (nullif(%s, false) is not null)', written.tab, written.qual);
  end loop;
end $$;
