import { z } from 'zod';
import { npmJson } from './npm.js';

/** What npm knows against packages, or that the registry does not answer such questions. */
export type AuditResult =
  | { readonly kind: 'findings'; readonly findings: readonly Finding[] }
  | { readonly kind: 'not-answered'; readonly why: string };

export interface Finding {
  readonly package: string;
  readonly severity: string;
  readonly range: string;
}

const report = z.object({
  auditReportVersion: z.number(),
  vulnerabilities: z.record(z.string(), z.object({ severity: z.string(), range: z.string() })),
});
const refusal = z.object({ message: z.string() });

/** @throws FacematchError `internal` where npm cannot be run */
export function auditPackages(): AuditResult {
  return readAudit(npmJson('audit', '--omit', 'dev', '--json'));
}

/** @param json what `npm audit --json` printed */
export function readAudit(json: unknown): AuditResult {
  const answered = report.safeParse(json);
  if (!answered.success)
    return { kind: 'not-answered', why: refusal.safeParse(json).data?.message ?? 'no report' };
  const findings = Object.entries(answered.data.vulnerabilities).map(([name, { severity, range }]) => ({
    package: name,
    severity,
    range,
  }));
  return { kind: 'findings', findings };
}
