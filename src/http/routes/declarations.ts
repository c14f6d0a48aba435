import { Registry } from 'prom-client';
import type { Route } from '../route.js';
import type { Services } from '../services.js';
import { createRoutes } from './routes.js';

/** The routes without what is behind them, for what describes them: their handlers are never called. */
export function declaredRoutes(): readonly Route[] {
  return createRoutes({} as Services, new Registry(), '');
}
