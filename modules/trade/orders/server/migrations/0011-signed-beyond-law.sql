-- What whoever signed was told: the days and the source of the rule that the term of payment goes beyond; null: it goes beyond none.
alter table orders.signature add column term_limit_days int;
alter table orders.signature add column term_limit_source text;
