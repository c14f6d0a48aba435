import { z } from 'zod';
import { keyringBackupSchema, runRequestSchema, runViewSchema } from '../../retention/operations.js';
import type { JsonRoute, ReadRoute } from '../route.js';
import type { Services } from '../services.js';

const path = '/v1/operations/retention-runs';

export const operationRoutes = ({ operations }: Services): [JsonRoute, ReadRoute, JsonRoute] => [
  {
    id: 'retention.start',
    method: 'post',
    path,
    tag: 'Operation',
    scope: 'operations:write',
    summary: 'Destroy what is due now, beside the daily run',
    description:
      'Answers once the run was admitted and goes on by itself. Refused when the clock moved implausibly or more is due than one run may destroy, unless a reason is given.',
    json: { schema: runRequestSchema },
    responses: {
      202: {
        description: 'At work',
        schema: z.strictObject({ runId: z.string() }),
        headers: { Location: 'Address of the runs' },
      },
    },
    problems: ['clock-implausible', 'destruction-limit', 'busy', 'storage-full'],
    handler: async ({ caller, document }) => ({
      status: 202,
      headers: { Location: path },
      body: await operations.startRetention(document, caller),
    }),
  },
  {
    id: 'retention.runs',
    method: 'get',
    path,
    tag: 'Operation',
    scope: 'operations:write',
    summary: 'The latest retention runs and what each destroyed',
    responses: {
      200: { description: 'Newest first', schema: z.strictObject({ runs: z.array(runViewSchema) }) },
    },
    problems: [],
    handler: async ({ caller }) => ({ status: 200, body: { runs: await operations.retentionRuns(caller) } }),
  },
  {
    id: 'keyring.backup',
    method: 'post',
    path: '/v1/operations/keyring-backups',
    tag: 'Operation',
    scope: 'operations:write',
    summary: 'Copy the keyring and the destruction ledger into the folder set for such copies',
    json: { schema: z.strictObject({}) },
    responses: { 201: { description: 'Copied', schema: keyringBackupSchema } },
    problems: ['input-invalid', 'storage-full'],
    handler: async ({ caller }) => ({ status: 201, body: await operations.backupKeyring(caller) }),
  },
];
