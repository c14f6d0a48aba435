/**
 * What comparisons on trial came to, by the day they were made: of finished days as it was counted last, and of those
 * that were destroyed. Counts alone, which name nobody and outlive what they count.
 */
export const trialFiguresSql = `
create table trial_days (
  day text primary key,
  kept_at text not null,
  counts text not null
) strict;
create table trial_gone (
  day text not null,
  outcome text not null,
  verdict text not null,
  decision text not null,
  n integer not null,
  primary key (day, outcome, verdict, decision)
) strict;
`;
