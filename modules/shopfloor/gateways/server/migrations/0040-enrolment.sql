-- One-time codes by which the program at the plant fetches its credential: the newest of a gateway holds, once, until it expires.
create table gateways.enrolment (
  org_id uuid not null,
  gateway_id uuid not null,
  code_hash bytea not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  -- From where it was used.
  used_from text,
  primary key (org_id, gateway_id),
  foreign key (org_id, gateway_id) references gateways.gateway (org_id, device_id)
);
-- Whoever comes with a code has no organisation yet.
create unique index enrolment_code on gateways.enrolment (code_hash);
select kernel.tenant_table('gateways.enrolment');
select kernel.audited('gateways.enrolment', 'code_hash');
select kernel.system_access('gateways.enrolment', 'select');
