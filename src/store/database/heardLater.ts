/**
 * Begins the text of a statement whose result nobody reads: on PostgreSQL it is sent without waiting for its end, and
 * whatever is asked next in the transaction reports its failure. A way to the database and back less.
 */
export const heardLater = '/* heard later */ ';
