-- What the rows belong to, where they belong to something: the unit of a point table, the order of its lines.
alter table kernel.import add column target uuid;
