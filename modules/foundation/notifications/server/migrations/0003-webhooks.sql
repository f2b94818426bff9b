-- Where an organisation's own systems hear of events (Standard Webhooks).
create table notifications.webhook (
  org_id uuid not null,
  id uuid not null default uuidv7(),
  url text not null check (url like 'https://%' or url like 'http://%'),
  note text not null,
  -- Names, or '*' for all.
  events text[] not null check (cardinality(events) > 0),
  -- In security.secret; the old one signs beside the new one until then.
  secret_id uuid not null,
  old_secret_id uuid,
  old_secret_until timestamptz,
  active boolean not null default true,
  stopped text check (stopped in ('gone', 'failing')),
  created_at timestamptz not null,
  version int not null default 1,
  primary key (org_id, id),
  check ((old_secret_id is null) = (old_secret_until is null))
);
select kernel.tenant_table('notifications.webhook');
select kernel.audited('notifications.webhook');

-- One message to one webhook: queue and log, 30 days.
create table notifications.webhook_delivery (
  org_id uuid not null,
  id uuid not null default uuidv7(),
  webhook_id uuid not null,
  event text not null,
  -- Null: a test. A second delivery of the same event makes no second message.
  event_id bigint,
  -- As it is sent and signed, byte for byte.
  body text not null,
  state text not null default 'waiting' check (state in ('waiting', 'delivered', 'failed')),
  attempts int not null default 0,
  last_status int,
  reason text,
  next_at timestamptz,
  created_at timestamptz not null,
  settled_at timestamptz,
  primary key (org_id, id),
  constraint delivery_once unique (org_id, webhook_id, event_id),
  foreign key (org_id, webhook_id) references notifications.webhook (org_id, id) on delete cascade
);
create index delivery_of_webhook on notifications.webhook_delivery (org_id, webhook_id, created_at desc, id desc);
create index delivery_age on notifications.webhook_delivery (created_at);
select kernel.tenant_table('notifications.webhook_delivery');
select kernel.system_access('notifications.webhook_delivery', 'select, delete');
