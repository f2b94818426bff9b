-- Passwords of a link by the name of their setting: ids of secrets that the room security keeps sealed.
alter table gateways.link add column secrets jsonb not null default '{}';
