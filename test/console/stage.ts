import { randomBytes } from 'node:crypto';
import type { BrowserContext, Page } from 'playwright-core';
import { type DemoClient, demoClient } from '../../src/cli/demo/client.js';
import { openDemoInquiry } from '../../src/cli/demo/inquiry.js';
import { type Scenario, sampleScenario, secondIdentity } from '../../src/cli/demo/scenario.js';
import type { ComparisonAnswer } from '../../src/comparison/answer.js';
import { startTestService, type TestService } from '../support/service.js';
import { type Issuer, type Person, startIssuer } from './issuer.js';

export const people = {
  'an.devos': { role: 'fraud-analyst' },
  'bart.claes': { role: 'fraud-analyst' },
  'cato.peeters': { role: 'fraud-analyst', tokenSeconds: 12 },
  's.lemaire': { role: 'supervisor' },
  'v.wouters': { role: 'supervisor' },
  'm.maes': { role: 'investigator' },
  'd.dubois': { role: 'data-protection-officer' },
  'clerk-12': { role: 'office', office: 'gent' },
} as const satisfies Readonly<Record<string, Person>>;
export type PersonName = keyof typeof people;

export interface Stage {
  readonly service: TestService;
  readonly issuer: Issuer;
  readonly console: string;
  readonly origins: readonly string[];
  readonly answers: readonly ComparisonAnswer[];
  /** The comparison of the applicant that the scenario calls so. */
  of(what: string): ComparisonAnswer;
  close(): Promise<void>;
}

const key = () => randomBytes(32).toString('base64');

/** The service as in production, signing in at a real provider, with the holders and applicants of the demonstration. */
export async function openStage(): Promise<Stage> {
  const issuer = await startIssuer(people);
  const service = await startTestService({
    FACEMATCH_MODE: 'production',
    FACEMATCH_MASTER_KEY: key(),
    FACEMATCH_LOOKUP_KEY: key(),
    FACEMATCH_AUDIT_KEY: key(),
    FACEMATCH_TOKEN_ISSUER: issuer.url,
    FACEMATCH_TOKEN_AUDIENCE: issuer.audience,
    FACEMATCH_TOKEN_JWKS_URL: issuer.jwksUrl,
    FACEMATCH_CONSOLE_CLIENT_ID: issuer.clientId,
    FACEMATCH_SEARCH: 'on',
    // How fast this machine is decides nothing here.
    FACEMATCH_DEADLINE_MS: '120000',
    FACEMATCH_SWEEP_GROUND: 'tests with invented people',
  });
  const console = `${service.url}/console/`;
  issuer.register(console);
  const scenario = await sampleScenario();
  const answers = await seed(service, issuer, scenario).catch(async (error: unknown) => {
    await service.dispose();
    await issuer.close();
    throw error;
  });
  return {
    service,
    issuer,
    console,
    origins: [service.url, issuer.url],
    answers,
    of(what) {
      const answer = answers[scenario.applicants.findIndex((applicant) => applicant.what === what)];
      if (answer === undefined) throw new Error(`Nobody in the scenario is called ${what}.`);
      return answer;
    },
    async close() {
      await service.dispose();
      await issuer.close();
    },
  };
}

async function seed(service: TestService, issuer: Issuer, scenario: Scenario): Promise<ComparisonAnswer[]> {
  const transfer = demoClient(service.url, await issuer.token('transfer', { role: 'transfer-system' }));
  const clerk = async (office: string) =>
    demoClient(service.url, await issuer.token('clerk-12', { role: 'office', office }));
  const offices = new Map<string, DemoClient>();
  for (const holder of scenario.holders) await transfer.enrol(holder);
  const answers: ComparisonAnswer[] = [];
  for (const [index, applicant] of scenario.applicants.entries()) {
    const { office = 'gent' } = applicant;
    const client = offices.get(office) ?? (await clerk(office));
    offices.set(office, client);
    answers.push((await client.apply(applicant, index + 1)).answer);
  }
  return answers;
}

/** Through the provider's page, as a person does it. */
export async function signIn(context: BrowserContext, stage: Stage, person: PersonName): Promise<Page> {
  const page = await context.newPage();
  await page.goto(stage.console);
  await page.getByRole('button', { name: /^(Sign in|Se connecter|Aanmelden|Anmelden)$/ }).click();
  await identify(page, person);
  await page.getByText(person, { exact: true }).first().waitFor();
  return page;
}

/** On the provider's own page. */
export async function identify(page: Page, person: PersonName): Promise<void> {
  await page.getByLabel('Person').fill(person);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** An inquiry on the comparison of the second identity, with a search that ran. */
export async function seedInquiry(stage: Stage): Promise<{ searchId: string }> {
  const { searchId } = await openDemoInquiry(stage.service.url, {
    comparisonId: stage.of(secondIdentity).comparisonId,
    token: await stage.issuer.token('an.devos', people['an.devos']),
    members: ['bart.claes', 'm.maes'],
  });
  const post = callAs(stage, await stage.issuer.token('s.lemaire', people['s.lemaire']));
  await post(`/v1/searches/${searchId}/approval`, { approve: true, reason: 'Necessary: no other means' });
  return { searchId };
}

export async function askForTrial(stage: Stage, person: 's.lemaire'): Promise<void> {
  const post = callAs(stage, await stage.issuer.token(person, people[person]));
  await post('/v1/mode/requests', {
    mode: 'trial',
    reason: 'First weeks with a new network',
    ground: 'Regulation (EU) 2024/1689, article 26',
    endsAt: new Date(Date.now() + 86_400_000).toISOString(),
  });
}

const callAs = (stage: Stage, token: string) => async (path: string, body: object) => {
  const response = await fetch(`${stage.service.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path} answered ${response.status} ${await response.text()}`);
};
