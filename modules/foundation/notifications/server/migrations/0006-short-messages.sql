-- Where a person is told by short message: a number that a code has confirmed, and the kinds that he chose; none else costs anything.
alter table notifications.mail_setting add column phone text;
alter table notifications.mail_setting add column pending_phone text;
alter table notifications.mail_setting add column phone_code_hash bytea;
alter table notifications.mail_setting add column phone_code_sent_at timestamptz;
alter table notifications.mail_setting add column phone_code_tries int not null default 0;
-- Codes sent on a day in China: nobody has another person's telephone ring all day.
alter table notifications.mail_setting add column phone_codes_day date;
alter table notifications.mail_setting add column phone_codes int not null default 0;
-- { kind: choice }
alter table notifications.mail_setting add column phone_choices jsonb not null default '{}';
drop trigger audit_row on notifications.mail_setting;
select kernel.audited('notifications.mail_setting', 'code_hash', 'phone_code_hash');

-- The queue and log holds both.
alter table notifications.mail add column channel text not null default 'mail' check (channel in ('mail', 'sms'));
create index short_messages_of_person on notifications.mail (org_id, person_id, created_at) where channel = 'sms';
