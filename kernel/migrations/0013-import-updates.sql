-- What a right row does to what is stored, as the check saw it, and in which version it saw it: what was changed since is not overwritten.
alter table kernel.import_row
  add column effect text check (effect in ('new', 'changes', 'unchanged')),
  -- [{ column, old }]: what stands now where the row says something else.
  add column changes jsonb,
  add column seen_version int;
create index import_row_effect on kernel.import_row (org_id, import_id, effect, row_no) where problems is null;

alter table kernel.import
  -- What to do with records that are there already.
  add column known text check (known in ('update', 'skip')),
  -- Of the right rows.
  add column rows_changed int not null default 0,
  add column rows_unchanged int not null default 0;
