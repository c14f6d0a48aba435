import type { Registry } from 'prom-client';
import { openApiOf } from '../openapi.js';
import type { Route } from '../route.js';
import type { Services } from '../services.js';
import { afterComparisonRoutes } from './afterComparison.js';
import { auditRoutes } from './audit.js';
import { calibrationRoutes } from './calibration.js';
import { comparisonBatchRoutes } from './comparisonBatch.js';
import { comparisonQueryRoutes } from './comparisonQuery.js';
import { comparisonRoutes } from './comparisons.js';
import { docsRoutes } from './docs.js';
import { documentRoutes } from './documents.js';
import { healthRoutes } from './health.js';
import { holderRoutes } from './holders.js';
import { holdRoutes } from './holds.js';
import { inquiryRoutes } from './inquiries.js';
import { meRoutes } from './me.js';
import { metricsRoutes } from './metrics.js';
import { modeRoutes } from './mode.js';
import { operationRoutes } from './operations.js';
import { pageRoutes } from './pages.js';
import { photoRoutes } from './photos.js';
import { problemRoutes } from './problems.js';
import { qualityRoutes } from './quality.js';
import { reportRoutes } from './reports.js';
import { reviewRoutes } from './reviews.js';
import { searchRoutes } from './searches.js';
import { statusRoutes } from './statuses.js';

/** Every route of the service, its own description included. */
export function createRoutes(services: Services, registry: Registry, version: string): Route[] {
  const routes: Route[] = [
    ...documentRoutes(services),
    ...comparisonRoutes(services),
    ...comparisonBatchRoutes(services),
    ...comparisonQueryRoutes(services),
    ...afterComparisonRoutes(services),
    ...photoRoutes(services),
    ...calibrationRoutes(services),
    ...qualityRoutes(services),
    ...statusRoutes(services),
    ...holderRoutes(services),
    ...meRoutes(services),
    ...auditRoutes(services),
    ...modeRoutes(services),
    ...holdRoutes(services),
    ...reviewRoutes(services),
    ...inquiryRoutes(services),
    ...searchRoutes(services),
    ...reportRoutes(services),
    ...operationRoutes(services),
    ...healthRoutes(services),
    ...metricsRoutes(registry),
    ...problemRoutes(),
    ...pageRoutes(),
    ...docsRoutes(() => document),
  ];
  const document = openApiOf(routes, version);
  return routes;
}
