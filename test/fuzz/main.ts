import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fuzzApi } from './api/campaign.js';
import { apiReport } from './api/report.js';
import type { Extent } from './extent.js';
import { Findings } from './findings.js';
import { fuzzPhotos } from './photo/campaign.js';
import { photoReport } from './photo/report.js';
import { fuzzRawHttp } from './raw/campaign.js';
import { rawReport } from './raw/report.js';
import { findingsTable } from './report.js';

/**
 * The long form: each door for FACEMATCH_FUZZ_MINUTES (10), raw HTTP for a fifth of it. FACEMATCH_FUZZ_SEED repeats a
 * run; FACEMATCH_FUZZ_DOOR takes one of photo, routes and raw. Inputs that show a fault are kept in a folder that the
 * report names. Ends with 1 when something was found.
 */
const minutes = Number(process.env['FACEMATCH_FUZZ_MINUTES'] ?? 10);
const seed = Number(process.env['FACEMATCH_FUZZ_SEED'] ?? Date.now() % 2 ** 31);
const only = process.env['FACEMATCH_FUZZ_DOOR'];
const findings = new Findings(join(tmpdir(), `facematch-fuzz-${seed}`));

const doors: Readonly<Record<string, (extent: Extent) => Promise<string>>> = {
  photo: async (extent) => photoReport(await fuzzPhotos(seed, extent, findings)),
  routes: async (extent) => apiReport(await fuzzApi(seed, extent, findings)),
  raw: async () => rawReport(await fuzzRawHttp(seed, { minutes: minutes / 5 }, findings)),
};

console.log(`Seed ${seed}, ${minutes} minutes for each door.`);
for (const [name, fuzz] of Object.entries(doors))
  if (only === undefined || only === name) console.log(`\n${await fuzz({ minutes })}`);
console.log(`\n${findingsTable(findings)}`);
process.exitCode = findings.all.length === 0 ? 0 : 1;
