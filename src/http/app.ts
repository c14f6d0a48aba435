import type { IncomingMessage, ServerResponse } from 'node:http';
import express, { type Express } from 'express';
import helmet from 'helmet';
import { FacematchError } from '../errors.js';
import { answerErrors, createRefuse } from './answer.js';
import type { Authenticator } from './auth.js';
import { fieldNamesOf } from './fieldNames.js';
import type { HttpLimits } from './limits.js';
import type { HttpLog } from './log.js';
import type { HttpMetrics } from './metrics.js';
import { mount } from './mount.js';
import type { RateLimits } from './rateLimits.js';
import { observe } from './requestState.js';
import type { Route } from './route.js';
import type { Services } from './services.js';

export interface AppOptions {
  readonly services: Pick<Services, 'refused' | 'inquiries' | 'promiseRoom'>;
  readonly authenticate: Authenticator;
  readonly limits: HttpLimits;
  readonly rateLimits: RateLimits;
  readonly log: HttpLog;
  readonly metrics: HttpMetrics;
  readonly routes: readonly Route[];
}

/** No inline script or style anywhere, and no other host. */
const contentSecurityPolicy = {
  useDefaults: false,
  directives: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'"],
    imgSrc: ["'self'", 'data:'],
    connectSrc: ["'self'"],
    baseUri: ["'none'"],
    formAction: ["'none'"],
    frameAncestors: ["'none'"],
  },
};

/** No page here uses any device, sensor or payment, nor lets a frame. */
const permissionsPolicy = [
  'accelerometer',
  'bluetooth',
  'browsing-topics',
  'camera',
  'display-capture',
  'geolocation',
  'gyroscope',
  'hid',
  'magnetometer',
  'microphone',
  'midi',
  'payment',
  'publickey-credentials-get',
  'screen-wake-lock',
  'serial',
  'usb',
  'xr-spatial-tracking',
]
  .map((feature) => `${feature}=()`)
  .join(', ');

/** The same on every answer, and so put together once. */
function securityHeaders(): Map<string, string> {
  const headers = new Map<string, string>();
  const response = {
    setHeader: (name: string, value: string) => void headers.set(name, value),
    removeHeader: () => undefined,
  };
  const set = helmet({
    contentSecurityPolicy,
    referrerPolicy: { policy: 'no-referrer' },
    xFrameOptions: { action: 'deny' },
  });
  set({} as IncomingMessage, response as unknown as ServerResponse, (error?: unknown) => {
    if (error !== undefined) throw error;
  });
  headers.set('Permissions-Policy', permissionsPolicy);
  // What may be kept says so itself.
  headers.set('Cache-Control', 'no-store');
  return headers;
}

export function createApp({
  services,
  authenticate,
  limits,
  rateLimits,
  log,
  metrics,
  routes,
}: AppOptions): Express {
  const app = express();
  const refuse = createRefuse(services, log, fieldNamesOf(routes));
  app.disable('x-powered-by');
  app.disable('etag');
  app.enable('strict routing');
  app.enable('case sensitive routing');
  // An exact count: `true` would believe the leftmost address, which the caller writes.
  app.set('trust proxy', limits.trustedProxies === 0 ? false : limits.trustedProxies);
  app.set('query parser', false);
  app.use(observe(log, metrics));
  const headers = securityHeaders();
  app.use((_request, response, next) => {
    response.setHeaders(headers);
    next();
  });
  mount(app, routes, {
    authenticate,
    limits,
    rateLimits,
    refuse,
    promiseRoom: (party) => services.promiseRoom(party),
    admit: (id, caller) => services.inquiries.admit(id, caller),
  });
  app.use(() => {
    throw new FacematchError('not-found', 'No route has this path.');
  });
  app.use(answerErrors(refuse));
  return app;
}
