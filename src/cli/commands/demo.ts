import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { pino } from 'pino';
import { systemClock } from '../../clock.js';
import { type Config, loadConfig } from '../../config.js';
import { type RoleName, roleOf } from '../../oversight/roles.js';
import { startService } from '../../service.js';
import { demoClient } from '../demo/client.js';
import { folderScenario } from '../demo/folder.js';
import { openDemoInquiry } from '../demo/inquiry.js';
import { sampleScenario, secondIdentity } from '../demo/scenario.js';
import { type Compared, comparisonTable } from '../demo/table.js';
import { localToken } from '../localToken.js';
import { print, run, say } from '../output.js';

interface Options {
  readonly serve?: true;
  readonly photos?: string;
}

export const demoCommand = new Command('demo')
  .description('enrol, compare and decide on real photos, with a store in a temporary folder')
  .option('--serve', 'keep the service running with the data')
  .option('--photos <dir>', 'use these photos: a subfolder per person, three photos or more')
  .action((options: Options) => run(() => demo(options)));

async function demo(options: Options): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'facematch-demo-'));
  const config = loadConfig({
    ...process.env,
    FACEMATCH_MODE: 'development',
    FACEMATCH_PORT: process.env['FACEMATCH_PORT'] ?? '0',
    FACEMATCH_DATABASE: join(folder, 'facematch.db'),
    FACEMATCH_KEYRING: join(folder, 'keyring', 'keyring.db'),
    FACEMATCH_KEYRING_MIRROR: join(folder, 'keyring-mirror', 'keyring.db'),
    FACEMATCH_TOKEN_KEY: join(folder, 'token-key.json'),
    FACEMATCH_SEARCH: 'on',
    FACEMATCH_SWEEP_GROUND: 'demonstration with invented people',
  });
  const logger = pino({ level: 'silent' });
  let kept = false;
  try {
    const service = await startService(config, { clock: systemClock, logger, say });
    try {
      const scenario =
        options.photos === undefined ? await sampleScenario() : await folderScenario(options.photos);
      const client = demoClient(service.url, await tokenFor(config));
      for (const holder of scenario.holders) await client.enrol(holder);
      const passports = scenario.holders.flatMap((holder) => holder.passports).length;
      say(`Enrolled ${passports} passports of ${scenario.holders.length} holders in an encrypted store.`);
      const rows: Compared[] = [];
      for (const [index, applicant] of scenario.applicants.entries())
        rows.push({ applicant, ...(await client.apply(applicant, index + 1)) });
      print(comparisonTable(rows));
      print(legend);
      if (options.serve) {
        kept = true;
        await openInquiry(config, service.url, rows);
        await serveUntilStopped(config, service.url);
      }
    } finally {
      await service.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  if (!kept) say('Next: npm run demo -- --serve keeps the service running; README.md says how to call it.');
}

const legend = `newest, older, fused: cosine of the applicant's photo with the last two passports and with both as one.
= marks two pictures made from one photograph (re-cropped, turned, printed and scanned): such a score says little.
All other scores compare different photographs. A person decides; the service only says what it measured.`;

const scopes = ['documents:write', 'comparisons:write', 'comparisons:read', 'comparisons:evidence'];

function tokenFor(config: Config): Promise<string> {
  return localToken(config, {
    client: 'demo',
    subject: 'demo',
    person: 'clerk-12',
    scopes,
    lifetimeSeconds: 3600,
  });
}

/** So that the console has an inquiry to look at, and a search to approve. */
async function openInquiry(config: Config, url: string, rows: readonly Compared[]): Promise<void> {
  const second = rows.find(({ applicant }) => applicant.what === secondIdentity);
  if (second === undefined) return;
  await openDemoInquiry(url, {
    comparisonId: second.answer.comparisonId,
    token: await roleToken(config, 'an.devos', 'fraud-analyst'),
    members: ['bart.claes', 'm.maes'],
  });
}

const roleToken = (config: Config, person: string, role: RoleName): Promise<string> =>
  localToken(config, {
    client: 'demo',
    subject: 'demo',
    person,
    role,
    scopes: roleOf(role).scopes,
    lifetimeSeconds: 600,
  });

async function serveUntilStopped(config: Config, url: string): Promise<void> {
  const token = await tokenFor(config);
  print(`\nThe console: ${url}/console

Sign in there as anybody ("Development sign-in"). To see everything, use two browser windows: an.devos and bart.claes
as fraud analysts give the two verdicts of a review, s.lemaire as supervisor settles and approves the search that waits
in the inquiry, d.dubois as data protection officer sees the figures and nothing else.`);
  print(
    `\nThe service listens on ${url}, its API is described at ${url}/docs. A token for an hour:\n\n${token}\n`,
  );
  print(`curl -H "Authorization: Bearer ${token}" \\
  -F 'application={"applicationId":"A-1","office":"gent","requestedBy":"me","familyName":"Peeters","givenNames":["Anna","Maria"],"birthDate":"1961-02-15","birthPlace":"Gent","claimedDocuments":[],"documentType":"passport","procedure":"normal","receivedAt":"${new Date().toISOString()}"};type=application/json' \\
  -F 'photo=@PHOTO.jpg' ${url}/v1/comparisons\n\nCtrl-C ends it and removes its data.`);
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
}
