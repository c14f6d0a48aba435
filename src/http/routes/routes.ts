import type { Registry } from 'prom-client';
import { openApiOf } from '../openapi.js';
import type { Route } from '../route.js';
import type { Services } from '../services.js';
import { comparisonRoutes } from './comparisons.js';
import { docsRoutes } from './docs.js';
import { documentRoutes } from './documents.js';
import { healthRoutes } from './health.js';
import { metricsRoutes } from './metrics.js';
import { problemRoutes } from './problems.js';

/** Every route of the service, its own description included. */
export function createRoutes(services: Services, registry: Registry, version: string): Route[] {
  const routes: Route[] = [
    ...documentRoutes(services),
    ...comparisonRoutes(services),
    ...healthRoutes(services),
    ...metricsRoutes(registry),
    ...problemRoutes(),
    ...docsRoutes(() => document),
  ];
  const document = openApiOf(routes, version);
  return routes;
}
