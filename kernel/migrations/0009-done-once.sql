-- A request counts as done when its transaction commits, not when its answer is kept: `done_by` is written in the work's own transaction,
-- by the run that holds the key. Of two runs of one request, however they overlap, one commits.
alter table kernel.idempotency add column run uuid, add column done_by uuid;

-- The last statement of a transaction of such a request. What has written nothing has done nothing.
create function kernel.done_once(key_of text, actor_of text, run_of uuid) returns void language plpgsql as $$
begin
  if pg_current_xact_id_if_assigned() is null then return; end if;
  update kernel.idempotency set done_by = run_of
  where org_id = (select nullif(current_setting('app.org', true), '')::uuid) and actor = actor_of and key = key_of
    and (done_by is null or done_by = run_of);
  if not found then raise exception 'another run of this request was first' using errcode = 'LS001'; end if;
end $$;
revoke execute on function kernel.done_once from public;
grant execute on function kernel.done_once to lianshu_app;
