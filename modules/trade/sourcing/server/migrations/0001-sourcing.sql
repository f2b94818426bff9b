create schema sourcing;
grant usage on schema sourcing to lianshu_app;

-- A request for quotation, the buyer's own. What a supplier sees of it is the copy in his invitation.
create table sourcing.request (
  org_id uuid not null,
  id uuid not null default uuidv7(),
  number text not null,
  title text not null,
  state text not null check (state in ('draft', 'published', 'awarded', 'cancelled')),
  currency text not null,
  deadline timestamptz not null,
  deliver_to text not null,
  note text not null,
  -- [{ no, materialId, code, name, specification, unit, quantity, day, note }]; fixed when it is published.
  lines jsonb not null,
  supplier_ids uuid[] not null,
  -- Why it was cancelled, or why it was awarded so.
  reason text,
  created_at timestamptz not null,
  created_by text,
  published_at timestamptz,
  ended_at timestamptz,
  -- The awarded prices and sources stand in materials.
  applied_at timestamptz,
  version int not null default 1,
  primary key (org_id, id),
  constraint request_number unique (org_id, number)
);
create index request_by_time on sourcing.request (org_id, created_at desc, id desc);
select kernel.tenant_table('sourcing.request');
select kernel.audited('sourcing.request');
revoke delete on sourcing.request from lianshu_app;

-- What one supplier was asked. He sees this row and no other's.
create table sourcing.invitation (
  id uuid primary key default uuidv7(),
  request_id uuid not null,
  buyer_org uuid not null,
  supplier_org uuid not null,
  buyer_name text not null,
  supplier_name text not null,
  number text not null,
  title text not null,
  currency text not null,
  deadline timestamptz not null,
  deliver_to text not null,
  note text not null,
  lines jsonb not null,
  request_state text not null check (request_state in ('published', 'awarded', 'cancelled')),
  state text not null check (state in ('invited', 'quoted', 'declined')),
  decline_reason text,
  -- When the bid that counts was handed in.
  quoted_at timestamptz,
  -- [{ no, share, quantity, netPrice }] of this supplier alone; null before the award.
  awarded jsonb,
  created_at timestamptz not null,
  version int not null default 1,
  constraint invitation_once unique (request_id, supplier_org),
  check (buyer_org <> supplier_org)
);
create index invitation_of_buyer on sourcing.invitation (buyer_org, request_id);
create index invitation_of_supplier on sourcing.invitation (supplier_org, created_at desc, id desc);
select kernel.two_party_table('sourcing.invitation', 'buyer_org', 'supplier_org');
select kernel.audited('sourcing.invitation');
create policy buyer_invites on sourcing.invitation as restrictive for insert to lianshu_app
  with check (buyer_org = (select nullif(current_setting('app.org', true), '')::uuid));
revoke update, delete on sourcing.invitation from lianshu_app;
grant update (deadline, request_state, state, decline_reason, quoted_at, awarded, version) on sourcing.invitation to lianshu_app;

-- Each side changes its own part, and a deadline only moves on, and not once it has passed: what is sealed stays so.
create function sourcing.keep_sides() returns trigger language plpgsql as $$
declare buyer boolean := kernel.current_org() = old.buyer_org;
begin
  if buyer and (new.state, new.decline_reason, new.quoted_at) is distinct from (old.state, old.decline_reason, old.quoted_at) then
    raise exception 'sourcing: whether he bids is the supplier''s to say';
  end if;
  if not buyer and (new.deadline, new.request_state, new.awarded) is distinct from (old.deadline, old.request_state, old.awarded) then
    raise exception 'sourcing: deadline and award are the buyer''s to set';
  end if;
  if not buyer and old.deadline <= now() then
    raise exception 'sourcing: the deadline has passed';
  end if;
  if new.deadline is distinct from old.deadline and (new.deadline < old.deadline or old.deadline <= now()) then
    raise exception 'sourcing: a deadline only moves on, and only before it has passed';
  end if;
  return new;
end $$;
create trigger keep_sides before update on sourcing.invitation for each row execute function sourcing.keep_sides();

-- Sealed: before `opens_at` the buyer sees no row of it, whatever he asks. Each bid stays as it was handed in; the highest number counts.
create table sourcing.bid (
  id uuid primary key default uuidv7(),
  invitation_id uuid not null references sourcing.invitation (id),
  request_id uuid not null,
  buyer_org uuid not null,
  supplier_org uuid not null,
  no int not null check (no >= 1),
  opens_at timestamptz not null,
  -- [{ no, netPrice, taxRate, leadTimeDays, minimum, validUntil, mouldOwner, mouldCost, note }]
  lines jsonb not null,
  note text not null,
  handed_in_at timestamptz not null,
  handed_in_by text,
  constraint bid_no unique (invitation_id, no)
);
create index bid_of_buyer on sourcing.bid (buyer_org, request_id);
create index bid_of_supplier on sourcing.bid (supplier_org, invitation_id);
select kernel.two_party_table('sourcing.bid', 'buyer_org', 'supplier_org');
-- A deadline is moved in the buyer's name: his audit must not hold what he may not read. The bids themselves keep every version.
select kernel.audited('sourcing.bid', 'lines', 'note');
create policy sealed on sourcing.bid as restrictive for select to lianshu_app
  using (supplier_org = (select nullif(current_setting('app.org', true), '')::uuid) or opens_at <= (select now()));
create policy supplier_bids on sourcing.bid as restrictive for insert to lianshu_app
  with check (supplier_org = (select nullif(current_setting('app.org', true), '')::uuid) and opens_at > (select now()));
revoke update, delete on sourcing.bid from lianshu_app;

-- The seal is the invitation's deadline, not what the bidder says.
create function sourcing.seal_bid() returns trigger language plpgsql as $$
begin
  select i.deadline, i.request_id, i.buyer_org into strict new.opens_at, new.request_id, new.buyer_org
    from sourcing.invitation i where i.id = new.invitation_id and i.supplier_org = new.supplier_org and i.request_state = 'published';
  return new;
end $$;
create trigger seal_bid before insert on sourcing.bid for each row execute function sourcing.seal_bid();

-- The buyer cannot see sealed bids, so he cannot move their seal: this moves it for him, to a later instant and before it was broken.
create policy seal_moves on sourcing.bid to lianshu_owner using (true) with check (true);
create function sourcing.extend_seal(request uuid, until timestamptz) returns void
  language sql security definer set search_path = pg_catalog as $$
  update sourcing.bid set opens_at = until
  where request_id = request and buyer_org = kernel.current_org() and opens_at > now() and until > opens_at
$$;
revoke execute on function sourcing.extend_seal from public;
grant execute on function sourcing.extend_seal to lianshu_app;

-- Asked by one supplier, seen by him and the buyer.
create table sourcing.question (
  id uuid primary key default uuidv7(),
  invitation_id uuid not null references sourcing.invitation (id),
  request_id uuid not null,
  buyer_org uuid not null,
  supplier_org uuid not null,
  question text not null,
  asked_at timestamptz not null,
  asked_by text,
  answered_at timestamptz,
  version int not null default 1
);
create index question_of_buyer on sourcing.question (buyer_org, request_id);
create index question_of_supplier on sourcing.question (supplier_org, invitation_id);
select kernel.two_party_table('sourcing.question', 'buyer_org', 'supplier_org');
select kernel.audited('sourcing.question');
create policy supplier_asks on sourcing.question as restrictive for insert to lianshu_app
  with check (supplier_org = (select nullif(current_setting('app.org', true), '')::uuid));
create policy buyer_answers on sourcing.question as restrictive for update to lianshu_app
  using (buyer_org = (select nullif(current_setting('app.org', true), '')::uuid));
revoke update, delete on sourcing.question from lianshu_app;
grant update (answered_at, version) on sourcing.question to lianshu_app;

-- An answer to all, in the buyer's words and without who asked: one copy for each who was invited.
create table sourcing.clarification (
  id uuid primary key default uuidv7(),
  invitation_id uuid not null references sourcing.invitation (id),
  request_id uuid not null,
  buyer_org uuid not null,
  supplier_org uuid not null,
  question text not null,
  answer text not null,
  answered_at timestamptz not null
);
create index clarification_of_buyer on sourcing.clarification (buyer_org, request_id);
create index clarification_of_supplier on sourcing.clarification (supplier_org, invitation_id);
select kernel.two_party_table('sourcing.clarification', 'buyer_org', 'supplier_org');
select kernel.audited('sourcing.clarification');
create policy buyer_clarifies on sourcing.clarification as restrictive for insert to lianshu_app
  with check (buyer_org = (select nullif(current_setting('app.org', true), '')::uuid));
revoke update, delete on sourcing.clarification from lianshu_app;

-- Who gets how much of each line; the buyer's own.
create table sourcing.award (
  org_id uuid not null,
  request_id uuid not null,
  line_no int not null,
  supplier_org uuid not null,
  bid_id uuid not null,
  share numeric(18, 6) not null check (share > 0 and share <= 1),
  quantity numeric(18, 6) not null check (quantity > 0),
  net_price numeric(18, 6) not null check (net_price >= 0),
  tax_rate numeric(18, 6) not null,
  reason text,
  primary key (org_id, request_id, line_no, supplier_org),
  foreign key (org_id, request_id) references sourcing.request (org_id, id)
);
select kernel.tenant_table('sourcing.award');
select kernel.audited('sourcing.award');
revoke update, delete on sourcing.award from lianshu_app;
