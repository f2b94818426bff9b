-- The goods stay the supplier's until they are used: as the terms of the revision say (titlePasses), for lists and deliveries.
alter table orders.order add column consigned boolean not null default false;
grant update (consigned) on orders.order to lianshu_app;
