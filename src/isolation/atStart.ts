import type { Logger } from 'pino';
import { Gauge, type Registry } from 'prom-client';
import type { Config } from '../config.js';
import { childKinds, childPrograms, requireUser, secretPaths } from './children.js';
import { layers, missingLayers, probeLayers, requireLayers } from './layers.js';

export interface StartParts {
  readonly config: Config;
  readonly logger: Logger;
  readonly registry: Registry;
  readonly say: (line: string) => void;
}

/**
 * Finds out by trying which layers hold for the children of this service, and says so in the log and in `/metrics`.
 *
 * @throws FacematchError `isolation-missing` where the settings require one that does not, `config-invalid`
 */
export function checkIsolation({ config, logger, registry, say }: StartParts): void {
  requireUser(config.isolation);
  const programs = childPrograms(config);
  const secrets = secretPaths(config, process.env);
  const reports = childKinds.map((child) => ({
    child,
    report: probeLayers(programs[child], config.isolation, secrets),
  }));
  const gauge = new Gauge({
    name: 'facematch_isolation_layer',
    help: 'Whether child processes are kept from this (1) or not (0), as tried at the start',
    labelNames: ['child', 'layer'],
    registers: [registry],
  });
  for (const { child, report } of reports) {
    const missing = missingLayers(report);
    for (const layer of layers) gauge.set({ child, layer }, report.holds[layer] ? 1 : 0);
    const entry = {
      event: 'isolation',
      child,
      holds: layers.filter((layer) => report.holds[layer]),
      missing,
    };
    if (missing.length === 0) logger.info(entry);
    else logger.warn(entry);
  }
  requireLayers(
    reports.map(({ report }) => report),
    config.isolation,
  );
  const missing = [...new Set(reports.flatMap(({ report }) => missingLayers(report)))];
  if (missing.length > 0)
    say(`Child processes are not kept from: ${missing.join(', ')} (see "Child processes" in SECURITY.md)`);
}
