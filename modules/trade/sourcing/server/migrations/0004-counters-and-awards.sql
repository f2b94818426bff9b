-- Either side proposes a content; what was there before was the buyer's.
alter table sourcing.agreement add column proposer text not null default 'buyer' check (proposer in ('buyer', 'supplier'));
grant update (proposer) on sourcing.agreement to lianshu_app;
alter table sourcing.agreement_revision add column side text not null default 'buyer' check (side in ('buyer', 'supplier'));
drop policy buyer_proposes on sourcing.agreement_revision;
create policy own_side_proposes on sourcing.agreement_revision as restrictive for insert to lianshu_app
  with check (case side when 'buyer' then buyer_org else supplier_org end = (select nullif(current_setting('app.org', true), '')::uuid)
    and outcome = 'open');

-- The agreements that were drawn up from an award.
create table sourcing.award_agreement (
  org_id uuid not null,
  request_id uuid not null,
  supplier_org uuid not null,
  agreement_id uuid not null,
  made_at timestamptz not null,
  primary key (org_id, request_id, agreement_id),
  foreign key (org_id, request_id) references sourcing.request (org_id, id)
);
select kernel.tenant_table('sourcing.award_agreement');
select kernel.audited('sourcing.award_agreement');
revoke update, delete on sourcing.award_agreement from lianshu_app;
