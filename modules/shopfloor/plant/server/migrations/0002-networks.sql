-- Production networks of a site: the only private addresses that connections of the platform and its gateways may go to.
create table plant.network (
  org_id uuid not null,
  id uuid not null default uuidv7(),
  site_id uuid not null,
  network cidr not null,
  note text not null,
  valid_from date not null,
  -- The first date on which it is declared no more.
  valid_until date check (valid_until > valid_from),
  primary key (org_id, site_id, network, valid_from),
  foreign key (org_id, site_id) references plant.site (org_id, id)
);
select kernel.tenant_table('plant.network');
select kernel.audited('plant.network');
