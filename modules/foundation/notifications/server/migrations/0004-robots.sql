-- A webhook may be a robot of a group chat: it gets sentences in place of ids. Its address holds its key, so `url` shows it without, and the whole
-- of it lies in security.secret.
alter table notifications.webhook add column channel text not null default 'standard' check (channel in ('standard', 'wecom', 'dingtalk', 'feishu'));
