-- Of which deadline people were told: the supplier that it is near, the buyer that it has passed. One that is moved is told of anew.
alter table sourcing.invitation add column told_deadline timestamptz;
grant update (told_deadline) on sourcing.invitation to lianshu_app;
alter table sourcing.request add column told_deadline timestamptz;
create index invitation_untold on sourcing.invitation (deadline)
  where request_state = 'published' and state = 'invited' and told_deadline is distinct from deadline;
create index request_untold on sourcing.request (deadline) where state = 'published' and told_deadline is distinct from deadline;

-- Whose deadlines they are; what is asked and offered stays with the parties.
grant usage on schema sourcing to lianshu_system;
select kernel.system_access('sourcing.request', 'select (org_id, id, state, deadline, told_deadline)');
select kernel.system_access('sourcing.invitation', 'select (id, supplier_org, request_state, state, deadline, told_deadline)');
