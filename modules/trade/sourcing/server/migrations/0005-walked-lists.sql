-- Each sort of a list has its index, so that a first page is read along it.
create index request_by_deadline on sourcing.request (org_id, deadline, id);
create index invitation_by_deadline on sourcing.invitation (supplier_org, deadline, id);
-- What waits for an answer is asked by every page.
create index agreement_open_of_buyer on sourcing.agreement (buyer_org, created_at) where open_revision is not null;
create index agreement_open_of_supplier on sourcing.agreement (supplier_org, created_at) where open_revision is not null;
