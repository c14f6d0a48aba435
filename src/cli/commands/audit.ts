import { Command } from 'commander';
import { systemClock } from '../../clock.js';
import { loadConfig } from '../../config.js';
import { databasePlace } from '../../configuredStore.js';
import { FacematchError } from '../../errors.js';
import { auditLine } from '../../oversight/auditExport.js';
import { readHeads, toSignedHead } from '../../oversight/auditHeads.js';
import { verifyTrail } from '../../oversight/auditVerification.js';
import { auditSigner } from '../../oversightParts.js';
import { AuditReader } from '../../store/auditReader.js';
import { openForReading } from '../../store/recordReader.js';
import { print, run, say } from '../output.js';

const hexKey = /^[0-9a-f]{64}$/;

/** These read beside a running service: no keyring is opened, so nobody's name is in what they print. */
async function withTrail<T>(work: (trail: AuditReader) => Promise<T>): Promise<T> {
  const connection = await openForReading(databasePlace(loadConfig(process.env)));
  try {
    return await work(new AuditReader(connection));
  } finally {
    await connection.close();
  }
}

const verifyCommand = new Command('verify')
  .description('find any edit, removal, reordering or truncation of the audit trail')
  .option('--heads <file>', 'signed heads kept elsewhere; default FACEMATCH_AUDIT_HEADS where it is set')
  .option('--public-key <hex>', 'key whose signature counts; default the one of FACEMATCH_AUDIT_KEY')
  .option('--json', 'print JSON')
  .action((options: { heads?: string; publicKey?: string; json?: true }) =>
    run(async () => {
      const config = loadConfig(process.env);
      if (options.publicKey !== undefined && !hexKey.test(options.publicKey)) {
        throw new FacematchError('input-invalid', '--public-key takes 64 hexadecimal digits.');
      }
      const publicKey =
        options.publicKey === undefined
          ? auditSigner(config).publicKey
          : new Uint8Array(Buffer.from(options.publicKey, 'hex'));
      const file = options.heads ?? config.audit.headsFile;
      const heads = file === undefined ? [] : await readHeads(file);
      const result = await withTrail((trail) => verifyTrail(trail, { publicKey, heads }));
      if (options.json) print(JSON.stringify(result, null, 2));
      else if (result.intact) {
        print(
          `The audit trail is intact: ${result.entries} entries, ${result.signedUpTo} of them under a signature, ${result.heads} signed heads, ${result.restores} restores.`,
        );
      }
      if (!result.intact) {
        throw new FacematchError(
          'integrity-failure',
          `The audit trail was tampered with: ${result.fault} at entry ${result.seq}.`,
        );
      }
    }),
  );

const exportCommand = new Command('export')
  .description('print every entry as a line of JSON; names of staff are not in it')
  .action(() =>
    run(() =>
      withTrail(async (trail) => {
        let entries = 0;
        const broken = await trail.walk((row) => {
          print(JSON.stringify(auditLine(row)));
          entries += 1;
        });
        if (broken !== undefined) {
          throw new FacematchError('integrity-failure', `The chain breaks at entry ${broken}.`);
        }
        say(`${entries} entries exported.`);
      }),
    ),
  );

const headCommand = new Command('head')
  .description('print the signed end of the trail, to be sent elsewhere daily')
  .action(() =>
    run(async () => {
      const signer = auditSigner(loadConfig(process.env));
      const position = await withTrail((trail) => trail.position());
      const head = toSignedHead(signer.sign({ ...position, at: systemClock().toISOString() }));
      print(JSON.stringify(head));
    }),
  );

export const auditCommand = new Command('audit')
  .description('check, export and sign the audit trail, also beside a running service')
  .addCommand(verifyCommand)
  .addCommand(exportCommand)
  .addCommand(headCommand);
