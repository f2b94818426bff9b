-- At how many days before its end people were told last; -1: that it is over. Null: never yet.
alter table programme.certificate add column told_days int check (told_days in (60, 30, 7, -1));
-- The day on which there is something to tell again.
alter table programme.certificate add column tell_on date generated always as (
  case when told_days is null then valid_until - 60 when told_days = 60 then valid_until - 30 when told_days = 30 then valid_until - 7
    when told_days = 7 then valid_until + 1 end) stored;
grant update (told_days) on programme.certificate to lianshu_app;
create index certificate_untold on programme.certificate (tell_on) where removed_at is null and tell_on is not null;
