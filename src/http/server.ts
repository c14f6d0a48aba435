import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Request, Response } from 'express';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { createApp } from './app.js';
import { type AuthOptions, createAuthenticator } from './auth.js';
import { answerClientErrors, answerUnreadable, lacksHost } from './clientErrors.js';
import { defaultLimits, type HttpLimits } from './limits.js';
import { createHttpLog } from './log.js';
import { createHttpMetrics } from './metrics.js';
import { createRateLimits } from './rateLimits.js';
import type { Route } from './route.js';
import { createRoutes } from './routes/routes.js';
import type { Services } from './services.js';

export interface ServerOptions {
  readonly services: Services;
  readonly auth: AuthOptions;
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly logger: Logger;
  /** Where the HTTP figures are registered, and what `/metrics` shows. */
  readonly metrics: Registry;
  /** Of the package, for the API's description. */
  readonly version: string;
  readonly limits?: Partial<HttpLimits>;
  /** Beside the service's own. */
  readonly extraRoutes?: readonly Route[];
}

export interface RunningServer {
  readonly url: string;
  /**
   * Takes no more connections, lets the requests at work finish within `deadlineMs`, then ends what is left,
   * connections that never said anything included. True when nothing had to be cut off.
   */
  close(deadlineMs: number): Promise<boolean>;
}

/** Rejects when the address cannot be listened on. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const limits = { ...defaultLimits, ...options.limits };
  const log = createHttpLog(options.logger);
  const metrics = createHttpMetrics(options.metrics);
  const app = createApp({
    services: options.services,
    authenticate: createAuthenticator(options.auth),
    limits,
    rateLimits: createRateLimits(limits, (limit, first, client) => {
      metrics.limited.inc({ limit });
      if (first) log.limited(limit, client);
    }),
    log,
    metrics,
    routes: [
      ...createRoutes(options.services, options.metrics, options.version),
      ...(options.extraRoutes ?? []),
    ],
  });
  const server = createServer({
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    connectionsCheckingInterval: limits.connectionsCheckingIntervalMs,
    // Node itself would answer with a bare status line.
    requireHostHeader: false,
  });
  server.maxConnections = limits.maxConnections;
  const answering = trackAnswers(server);
  answerClientErrors(server, log);
  // Express itself makes its own kind of request and response of these.
  server.on('request', (request, response) => {
    if (lacksHost(request)) answerUnreadable(response, log);
    else app(request as Request, response as Response, () => answerUnreadable(response, log));
  });
  // An expectation that is not known may be passed over (RFC 9110 section 10.1.1); Node answers it with a bare 417.
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
  // Else Node itself would call for the body of a request that may be refused for its headers.
  server.on('checkContinue', (request, response) => server.emit('request', request, response));
  await listen(server, options.port, options.host);
  const { port } = server.address() as AddressInfo;
  const url = `http://${options.host.includes(':') ? `[${options.host}]` : options.host}:${port}`;
  log.started(url);
  return {
    url,
    close: (deadlineMs) => {
      log.stopping(answering.size);
      return close(server, answering, deadlineMs);
    },
  };
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function trackAnswers(server: Server): Set<ServerResponse> {
  const answering = new Set<ServerResponse>();
  server.prependListener('request', (_request, response) => {
    answering.add(response);
    if (!server.listening) response.setHeader('Connection', 'close');
    response.once('close', () => answering.delete(response));
  });
  return answering;
}

async function close(server: Server, answering: Set<ServerResponse>, deadlineMs: number): Promise<boolean> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  for (const response of answering) {
    if (!response.headersSent) response.setHeader('Connection', 'close');
  }
  const finished = [...answering].map(
    (response) => new Promise((resolve) => response.once('close', resolve)),
  );
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise((resolve) => {
    timer = setTimeout(resolve, deadlineMs);
  });
  await Promise.race([Promise.all(finished), deadline]);
  clearTimeout(timer);
  const complete = answering.size === 0;
  server.closeAllConnections();
  await closed;
  return complete;
}
