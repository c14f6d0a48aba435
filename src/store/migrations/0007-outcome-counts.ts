/** Outcomes are only asked for together with the mode: with both in the index, counting reads no comparison. */
export const outcomeCountsSql = `
drop index comparisons_by_outcome;
drop index comparisons_by_office_and_outcome;
drop index comparisons_by_model_and_outcome;
create index comparisons_by_outcome on comparisons (outcome, mode, created_at, id);
create index comparisons_by_office_and_outcome on comparisons (office, outcome, mode, created_at, id);
create index comparisons_by_model_and_outcome on comparisons (model, outcome, mode, created_at, id);
`;
