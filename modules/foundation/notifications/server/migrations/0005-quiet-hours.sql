-- Minutes of the day in China between which nothing is mailed at once; over midnight where it begins later than it ends.
alter table notifications.mail_setting add column quiet_from int check (quiet_from between 0 and 1439);
alter table notifications.mail_setting add column quiet_until int check (quiet_until between 0 and 1439);
alter table notifications.mail_setting add constraint quiet_both check (quiet_from is null and quiet_until is null or quiet_from <> quiet_until);
-- Whatever the hour.
alter table notifications.mail_setting drop constraint mail_setting_normal_choice_check;
alter table notifications.mail_setting add constraint mail_setting_normal_choice_check check (normal_choice in ('always', 'atOnce', 'daily', 'none'));
