/**
 * A step with a `+` after its number, such as `0012+photo-source`, only adds: a program that does not know it works on
 * its schema as before. So processes of two versions may share a database while a new version is rolled out, and the
 * version before may be started again. Every other step makes programs that do not know it refuse.
 */
export function isAdditive(id: string): boolean {
  return /^\d{4}\+/.test(id);
}

const added = /^alter table \w+ add column (.+)$/;
const table = /^create table (\w+) ?\(.+\)( strict)?(, ?without rowid)?$/;
const index = /^create (unique )?index \w+ on (\w+) /;

/** What a step that says it only adds does beyond that; empty where it keeps its word. */
export function beyondAdding(sql: string): string[] {
  const statements = sql
    .split('\n')
    .map((line) => line.replace(/--.*$/, ''))
    .join(' ')
    .replaceAll(/\s+/g, ' ')
    .split(';')
    .map((statement) => statement.trim().toLowerCase())
    .filter((statement) => statement !== '');
  const made = new Set(statements.flatMap((statement) => table.exec(statement)?.[1] ?? []));
  return statements.flatMap((statement) => {
    const wrong = beyond(statement, made);
    return wrong === undefined ? [] : [`${wrong}: ${statement.slice(0, 60)}`];
  });
}

function beyond(statement: string, made: ReadonlySet<string>): string | undefined {
  const column = added.exec(statement)?.[1];
  if (column !== undefined) {
    if (/\bnot null\b/.test(column) && !/\bdefault\b/.test(column)) {
      return 'whoever does not know a column leaves it out, so it may be empty or has a default';
    }
    return lasting(column);
  }
  if (table.test(statement)) return lasting(statement);
  const [, unique, on = ''] = index.exec(statement) ?? [];
  if (on !== '') {
    return unique !== undefined && !made.has(on)
      ? 'what must be unique from now on, others still write twice'
      : undefined;
  }
  if (/^drop index \w+$/.test(statement)) return undefined;
  return 'neither adds a column, a table or an index nor drops an index';
}

/** Whoever does not know a row that refers to theirs deletes theirs all the same. */
function lasting(text: string): string | undefined {
  const references = text.match(/\breferences\b/g)?.length ?? 0;
  const followed = text.match(/\bon delete (cascade|set null)\b/g)?.length ?? 0;
  return references > followed
    ? 'what it refers to could no longer be deleted by whoever does not know it'
    : undefined;
}
