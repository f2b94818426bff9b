-- A sandbox is an organisation beside its owner's: same code, own data, never in a relation with anybody. One in use for each organisation.
alter table organisations.organisation add column sandbox_of uuid;
create unique index organisation_sandbox on organisations.organisation (sandbox_of) where active and sandbox_of is not null;

create or replace function organisations.keep_identity() returns trigger language plpgsql as $$
begin
  if new.demo is distinct from old.demo then raise exception 'organisations: the demo flag never changes'; end if;
  if new.sandbox_of is distinct from old.sandbox_of then raise exception 'organisations: a sandbox stays one'; end if;
  if (new.org_id, new.org_no, new.credit_code, new.code) is distinct from (old.org_id, old.org_no, old.credit_code, old.code) then
    raise exception 'organisations: id, number, code and credit code never change';
  end if;
  return new;
end $$;
