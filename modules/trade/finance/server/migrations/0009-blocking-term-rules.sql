-- Whether longer terms are refused, or only shown to whoever signs them.
alter table finance.term_rule add column blocking boolean not null default false;
