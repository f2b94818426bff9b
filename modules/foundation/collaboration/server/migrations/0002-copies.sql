-- Said for all who hold a copy of a document: the original is its owner's alone, and each copy has a row of its own that names the original.
-- So nobody's row tells of another's.
alter table collaboration.entry
  add column for_all boolean not null default false,
  add column origin_id uuid references collaboration.entry (id),
  add check (not for_all or (partner_org is null and origin_id is null)),
  add check (origin_id is null or (partner_org is not null and kind <> 'event'));
create unique index entry_once_for_each on collaboration.entry (origin_id, record_id) where origin_id is not null;
