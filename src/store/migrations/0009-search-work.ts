/**
 * How often a search was begun and put down, how far it has come, and from where a sweep goes on: one row from its first
 * start until its end.
 */
export const searchWorkSql = `
create table search_work (
  search_id text primary key references searches (id) on delete cascade,
  starts integer not null,
  stops integer not null,
  progress integer not null,
  checkpoint blob
) strict;
`;
