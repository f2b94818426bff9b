-- A gateway that stands by for another. The links are the first one's (gateway_id); one of the two reads them: the active one.
create table gateways.pair (
  org_id uuid not null,
  gateway_id uuid not null,
  standby_id uuid not null,
  active_id uuid not null,
  -- Grows by one with each turn, for ever.
  epoch int not null default 1,
  -- Why this turn began.
  reason text not null check (reason in ('paired', 'silent', 'byHand')),
  -- So long without a word of the active one, and the other takes over.
  silent_after_s int not null check (silent_after_s between 15 and 3600),
  -- Before then the active one is given nothing to write: the one before it may still do what it was given.
  writes_from timestamptz not null,
  -- Of the one before: when it runs this revision it has let go, and nothing need be waited for.
  yield_revision int not null default 0,
  created_at timestamptz not null,
  primary key (org_id, gateway_id),
  foreign key (org_id, gateway_id) references gateways.gateway (org_id, device_id),
  foreign key (org_id, standby_id) references gateways.gateway (org_id, device_id),
  check (gateway_id <> standby_id and active_id in (gateway_id, standby_id))
);
create unique index pair_standby on gateways.pair (org_id, standby_id);
select kernel.tenant_table('gateways.pair');
select kernel.audited('gateways.pair');
select kernel.system_access('gateways.pair', 'select');

-- Who of a pair read from when on; a turn lasts until the next begins. What a gateway read of another's turn is not stored.
create table gateways.turn (
  org_id uuid not null,
  gateway_id uuid not null,
  epoch int not null,
  active_id uuid not null,
  began_at timestamptz not null,
  reason text not null,
  -- The last word of the one before.
  heard_at timestamptz,
  primary key (org_id, gateway_id, epoch),
  foreign key (org_id, gateway_id) references gateways.pair (org_id, gateway_id) on delete cascade
);
select kernel.tenant_table('gateways.turn');
select kernel.system_access('gateways.turn', 'select');
-- Written once, for good.
revoke update on gateways.turn from lianshu_app;

-- Since when a gateway has reported without a gap: who was cut off himself cannot say that another is silent.
alter table gateways.report add column unbroken_since timestamptz not null default now();
select kernel.system_access('gateways.report', 'select');
