import { spawnSync } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';

/** `FACEMATCH_FAULTS=long` tries every position and many more rounds. */
export const long = process.env['FACEMATCH_FAULTS'] === 'long';

export const rounds = (short: number, inTheLongForm: number): number => (long ? inTheLongForm : short);

/** What one test of a fault adds to the report. */
export interface ReportLine {
  readonly fault: string;
  readonly what: string;
  readonly tried: string;
  readonly outcome: 'held' | 'failed' | 'skipped';
}

export interface Needs {
  /** Mounting a small disk, and giving a process limits, need it. */
  readonly root?: true;
  readonly tools?: readonly string[];
}

const missing = ({ root, tools = [] }: Needs): string | undefined => {
  if (process.platform !== 'linux') return 'these faults are made on Linux';
  if (root && process.getuid?.() !== 0) return 'making this fault takes root';
  const absent = tools.filter((tool) => spawnSync('sh', ['-c', `command -v ${tool}`]).status !== 0);
  return absent.length > 0 ? `not installed here: ${absent.join(', ')}` : undefined;
};

/**
 * A test of one fault.
 *
 * @param fault its row in the report.
 * @param body says what it tried: how many rounds, which positions, what came of them.
 */
export function fault(
  fault: string,
  what: string,
  needs: Needs,
  body: (t: TestContext, tried: (what: string) => void) => Promise<void> | void,
): void {
  const skip = missing(needs);
  if (skip !== undefined) report({ fault, what, tried: skip, outcome: 'skipped' });
  test(`${fault}: ${what}`, { skip: skip ?? false, timeout: long ? 3_600_000 : 300_000 }, async (t) => {
    let said = '';
    const tried = (what: string) => {
      said = what;
      t.diagnostic(what);
    };
    try {
      await body(t, tried);
      report({ fault, what, tried: said, outcome: 'held' });
    } catch (error) {
      report({ fault, what, tried: said, outcome: 'failed' });
      throw error;
    }
  });
}

/** To the file that the runner reads; a file run by itself reports to nobody. */
function report(line: ReportLine): void {
  const file = process.env['FAULTS_REPORT'];
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(line)}\n`);
}
