-- What the operator grants an organisation (P-16); null: as much as there is.
alter table organisations.organisation add column values_per_s int check (values_per_s > 0);
alter table organisations.organisation add column user_limit int check (user_limit > 0);
grant update (values_per_s, user_limit) on organisations.organisation to lianshu_system;
