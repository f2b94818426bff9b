create schema plant;
grant usage on schema plant to lianshu_app;

-- Places of the equipment hierarchy (IEC 62264-1 §5.3). A site is its own site_id; the enterprise has none. A node never changes its site.
create table plant.node (
  org_id uuid not null,
  id uuid not null default uuidv7(),
  parent_id uuid,
  level text not null check (level in ('enterprise', 'site', 'workshop', 'line', 'cell', 'equipment')),
  code text not null,
  name text not null,
  name_en text,
  site_id uuid,
  retired_at timestamptz,
  version int not null default 1,
  primary key (org_id, id),
  foreign key (org_id, parent_id) references plant.node (org_id, id),
  check ((level = 'enterprise') = (parent_id is null)),
  check ((level = 'enterprise') = (site_id is null)),
  check ((level = 'site') = (site_id is not distinct from id))
);
create unique index node_code on plant.node (org_id, code) where retired_at is null;
create unique index node_one_enterprise on plant.node (org_id) where level = 'enterprise' and retired_at is null;
create index node_children on plant.node (org_id, parent_id);
select kernel.tenant_table('plant.node');
select kernel.audited('plant.node');

create table plant.site (
  org_id uuid not null,
  id uuid not null,
  time_zone text not null,
  version int not null default 1,
  primary key (org_id, id),
  foreign key (org_id, id) references plant.node (org_id, id)
);
select kernel.tenant_table('plant.site');
select kernel.audited('plant.site');

create table plant.day_start (
  org_id uuid not null,
  id uuid not null default uuidv7(),
  site_id uuid not null,
  valid_from date not null,
  minute_of_day int not null check (minute_of_day between 0 and 1439),
  primary key (org_id, site_id, valid_from),
  foreign key (org_id, site_id) references plant.site (org_id, id)
);
select kernel.tenant_table('plant.day_start');
select kernel.audited('plant.day_start');

-- An end that is not later than the start passes midnight; an equal one lasts a whole day. valid_until is the first date without it.
create table plant.shift (
  org_id uuid not null,
  id uuid not null default uuidv7(),
  site_id uuid not null,
  name text not null,
  start_minute int not null check (start_minute between 0 and 1439),
  end_minute int not null check (end_minute between 0 and 1439),
  valid_from date not null,
  valid_until date check (valid_until > valid_from),
  version int not null default 1,
  primary key (org_id, id),
  foreign key (org_id, site_id) references plant.site (org_id, id)
);
create index shift_of_site on plant.shift (org_id, site_id, start_minute);
select kernel.tenant_table('plant.shift');
select kernel.audited('plant.shift');

create table plant.holiday (
  org_id uuid not null,
  id uuid not null default uuidv7(),
  site_id uuid not null,
  date date not null,
  kind text not null check (kind in ('holiday', 'workday')),
  name text not null,
  primary key (org_id, site_id, date),
  foreign key (org_id, site_id) references plant.site (org_id, id)
);
select kernel.tenant_table('plant.holiday');
select kernel.audited('plant.holiday');
