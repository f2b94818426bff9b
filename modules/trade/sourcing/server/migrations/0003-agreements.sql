-- A framework or scheduling agreement: what two parties have signed for a time, and what the buyer calls off of it.
create table sourcing.agreement (
  id uuid primary key default uuidv7(),
  number text not null,
  kind text not null check (kind in ('framework', 'scheduling')),
  buyer_org uuid not null,
  supplier_org uuid not null,
  buyer_name text not null,
  supplier_name text not null,
  state text not null check (state in ('proposed', 'refused', 'withdrawn', 'inForce', 'amending', 'terminated')),
  -- Of the revision in force, before that of the newest one.
  title text not null,
  currency char(3) not null,
  valid_from date not null,
  valid_until date not null,
  line_count int not null,
  last_revision int not null default 0,
  agreed_revision int,
  open_revision int,
  -- The highest number that a line and a call-off ever had.
  last_line int not null default 0,
  last_release int not null default 0,
  -- Terminated: the last day on which something is called off.
  ends_on date,
  ended_by text check (ended_by in ('buyer', 'supplier')),
  end_reason text,
  created_at timestamptz not null,
  version int not null default 1,
  check (buyer_org <> supplier_org),
  check (valid_until >= valid_from),
  check ((state in ('proposed', 'amending')) = (open_revision is not null)),
  check (state not in ('inForce', 'amending', 'terminated') or agreed_revision is not null),
  constraint agreement_number unique (buyer_org, number)
);
create index agreement_of_buyer on sourcing.agreement (buyer_org, created_at desc, id desc);
create index agreement_of_supplier on sourcing.agreement (supplier_org, created_at desc, id desc);
select kernel.two_party_table('sourcing.agreement', 'buyer_org', 'supplier_org');
select kernel.audited('sourcing.agreement');
create policy buyer_makes on sourcing.agreement as restrictive for insert to lianshu_app
  with check (buyer_org = (select nullif(current_setting('app.org', true), '')::uuid) and agreed_revision is null);
revoke update, delete on sourcing.agreement from lianshu_app;
grant update (state, title, valid_from, valid_until, line_count, last_revision, agreed_revision, open_revision, last_line, last_release, ends_on,
  ended_by, end_reason, version) on sourcing.agreement to lianshu_app;

-- What the buyer proposes, whole and for good; only what became of it is written later.
create table sourcing.agreement_revision (
  id uuid not null default uuidv7() unique,
  agreement_id uuid not null references sourcing.agreement (id),
  no int not null,
  buyer_org uuid not null,
  supplier_org uuid not null,
  outcome text not null check (outcome in ('open', 'agreed', 'superseded', 'refused', 'withdrawn')),
  content jsonb not null,
  -- SHA-256 over number, revision and content in canonical form: what both sides sign.
  hash text not null check (hash ~ '^[0-9a-f]{64}$'),
  note text not null,
  at timestamptz not null,
  decided_at timestamptz,
  -- Why it was refused.
  reason text,
  primary key (agreement_id, no)
);
create unique index agreement_revision_open on sourcing.agreement_revision (agreement_id) where outcome = 'open';
create unique index agreement_revision_agreed on sourcing.agreement_revision (agreement_id) where outcome = 'agreed';
select kernel.two_party_table('sourcing.agreement_revision', 'buyer_org', 'supplier_org');
select kernel.audited('sourcing.agreement_revision', 'content');
create policy buyer_proposes on sourcing.agreement_revision as restrictive for insert to lianshu_app
  with check (buyer_org = (select nullif(current_setting('app.org', true), '')::uuid) and outcome = 'open');
revoke update, delete on sourcing.agreement_revision from lianshu_app;
grant update (outcome, decided_at, reason) on sourcing.agreement_revision to lianshu_app;

create function sourcing.keep_outcome() returns trigger language plpgsql as $$
begin
  if old.outcome <> new.outcome and old.outcome <> 'open' and not (old.outcome = 'agreed' and new.outcome = 'superseded') then
    raise exception 'sourcing: what became of a revision does not change';
  end if;
  return new;
end $$;
create trigger keep_outcome before update on sourcing.agreement_revision for each row execute function sourcing.keep_outcome();

-- One per side and revision, written by that side.
create table sourcing.agreement_signature (
  id uuid not null default uuidv7() unique,
  agreement_id uuid not null,
  revision_no int not null,
  buyer_org uuid not null,
  supplier_org uuid not null,
  side text not null check (side in ('buyer', 'supplier')),
  hash text not null,
  person_id text not null,
  person text not null,
  at timestamptz not null,
  primary key (agreement_id, revision_no, side),
  foreign key (agreement_id, revision_no) references sourcing.agreement_revision (agreement_id, no)
);
select kernel.two_party_table('sourcing.agreement_signature', 'buyer_org', 'supplier_org');
select kernel.audited('sourcing.agreement_signature');
create policy own_side on sourcing.agreement_signature as restrictive for insert to lianshu_app
  with check (case side when 'buyer' then buyer_org else supplier_org end = (select nullif(current_setting('app.org', true), '')::uuid));
revoke update, delete on sourcing.agreement_signature from lianshu_app;

create function sourcing.agreed_by_both() returns trigger language plpgsql as $$
begin
  if new.agreed_revision is distinct from old.agreed_revision and 2 <> (
    select count(*) from sourcing.agreement_signature s
      join sourcing.agreement_revision r on r.agreement_id = s.agreement_id and r.no = s.revision_no and r.hash = s.hash
    where s.agreement_id = new.id and s.revision_no = new.agreed_revision
  ) then
    raise exception 'sourcing: an agreement is in force by the signatures of both sides';
  end if;
  return new;
end $$;
create trigger agreed_by_both before update of agreed_revision on sourcing.agreement for each row execute function sourcing.agreed_by_both();

-- What the buyer calls off; it gets its number and its cumulative quantities when its order is proposed, and never changes from then on.
-- Before that (the order waits for an approval) the supplier does not see it.
create table sourcing.call_off (
  id uuid primary key default uuidv7(),
  agreement_id uuid not null references sourcing.agreement (id),
  buyer_org uuid not null,
  supplier_org uuid not null,
  revision_no int not null,
  no int,
  -- [{ no, orderLine, netPrice, schedule: [{ day, quantity }], quantity, cumulative }]; `no` is the agreement's line.
  lines jsonb not null,
  order_id uuid not null,
  note text not null,
  made_at timestamptz not null,
  released_at timestamptz,
  check ((no is null) = (released_at is null)),
  constraint call_off_no unique (agreement_id, no),
  constraint call_off_order unique (order_id)
);
create index call_off_of_buyer on sourcing.call_off (buyer_org, agreement_id);
create index call_off_of_supplier on sourcing.call_off (supplier_org, agreement_id);
select kernel.two_party_table('sourcing.call_off', 'buyer_org', 'supplier_org');
select kernel.audited('sourcing.call_off');
create policy buyer_calls_off on sourcing.call_off as restrictive for insert to lianshu_app
  with check (buyer_org = (select nullif(current_setting('app.org', true), '')::uuid));
create policy buyer_releases on sourcing.call_off as restrictive for update to lianshu_app
  using (buyer_org = (select nullif(current_setting('app.org', true), '')::uuid) and released_at is null)
  with check (buyer_org = (select nullif(current_setting('app.org', true), '')::uuid));
create policy released_to_supplier on sourcing.call_off as restrictive for select to lianshu_app
  using (buyer_org = (select nullif(current_setting('app.org', true), '')::uuid) or released_at is not null);
revoke update, delete on sourcing.call_off from lianshu_app;
grant update (no, lines, released_at) on sourcing.call_off to lianshu_app;
