import { type ErrorCode, errorCodes } from '../../src/errors.js';
import { statusOf } from '../../src/http/problems.js';
import type { Answer, Wire } from './client.js';
import type { Description, Operation } from './description.js';
import { misfit, type Schema } from './jsonSchema.js';

/** What no answer to a caller may hold: places in the code, and words of libraries. */
const leaks =
  /\bat [^"\n]{1,200}:\d+:\d+|node_modules|\/dist\/|\/src\/|file:\/\/|\/tmp\/|\/home\/|sqlite|\bE(NOENT|ACCES|PIPE|CONN\w+)\b|\b(Type|Range|Syntax|Reference|Zod|Multer|Vips|Uri)Error\b|\bis not a function\b|Unexpected (token|end)|\[object |VipsForeign/i;

/** Refusals of work for want of room, or by decision of people; other 503s say that something broke. */
const shed: ReadonlySet<string> = new Set<ErrorCode>(['busy', 'suspended', 'search-stopped']);

/**
 * What is wrong with an answer, in words that are the same for the same fault; nothing, if all is well.
 *
 * @param operation undefined where the request fits none, and only the rules of all answers count
 */
export function complaintsOf(
  { root }: Description,
  operation: Operation | undefined,
  wire: Wire,
  answer: Answer,
  planted: readonly string[],
): string[] {
  const { status, headers, body } = answer;
  const type = (headers['content-type'] ?? '').split(';', 1)[0] ?? '';
  const text = body.toString('utf8');
  const complaints: string[] = [];
  const complain = (isWrong: boolean, what: string) => {
    if (isWrong) complaints.push(what);
  };

  const code = type === 'application/problem+json' ? problemCode(text) : undefined;
  const isReadiness = operation?.id === 'health.ready';
  complain(status >= 500 && status !== 503, `answered ${status} ${code ?? ''}`);
  complain(status === 503 && !isReadiness && !shed.has(code ?? ''), `answered 503 ${code ?? ''}`);
  complain(
    status >= 400 && !isReadiness && type !== 'application/problem+json',
    `${status} without a problem document`,
  );

  const documented = operation?.responses[status];
  if (operation !== undefined && documented === undefined)
    complaints.push(`${status} ${code ?? ''} is not documented`);
  if (wire.method !== 'HEAD') {
    const media = documented?.content;
    const described = media && (media[type] ?? media['*/*']);
    complain(
      documented !== undefined && body.length > 0 && described === undefined,
      `${status} as ${type} is not documented`,
    );
    const schema = described?.schema ?? (type === 'application/problem+json' ? problemSchema : undefined);
    if (schema !== undefined && /json$/.test(type)) {
      const found = misfitOf(schema, text, root);
      complain(found !== undefined, `the body of ${status} ${code ?? ''} does not fit: ${found}`);
    }
    if (code !== undefined)
      complain(
        !(errorCodes as readonly string[]).includes(code) || statusOf[code as ErrorCode] !== status,
        `${status} with a problem of another kind: ${code}`,
      );
  }
  complaints.push(...headerComplaints(wire, answer, code));
  const told = status >= 400 ? `${text}\n${JSON.stringify(headers)}` : JSON.stringify(headers);
  complain(
    planted.some((marker) => told.includes(marker)),
    `${status} ${code ?? ''} repeats what was sent`,
  );
  const leak = status >= 400 ? leaks.exec(text)?.[0] : undefined;
  complain(leak !== undefined, `${status} leaks ${leak?.slice(0, 20)}`);
  return complaints;
}

const problemSchema: Schema = { $ref: '#/components/schemas/Problem' };

function headerComplaints(
  { path, method }: Wire,
  { status, headers }: Answer,
  code: string | undefined,
): string[] {
  const complaints: string[] = [];
  const need = (name: string, pattern: RegExp) => {
    const value = String(headers[name] ?? '');
    if (!pattern.test(value)) complaints.push(`${status} ${code ?? ''} with ${name}: ${value || 'none'}`);
  };
  need('x-content-type-options', /^nosniff$/);
  need('x-request-id', /^[0-9a-f-]{36}$/);
  if (code !== undefined || (path.startsWith('/v1/') && method !== 'OPTIONS'))
    need('cache-control', /\bno-store\b/);
  if (status === 401) need('www-authenticate', /^Bearer/);
  if (status === 405) need('allow', /^[A-Z, ]+$/);
  if (status === 503 || status === 429) need('retry-after', /^\d+$/);
  if ('x-powered-by' in headers || 'server' in headers) complaints.push('the answer names its software');
  return complaints;
}

/** The last part of a problem's type; empty where it has none. */
export function problemCode(text: string): string {
  try {
    return String((JSON.parse(text) as { type?: unknown }).type).replace(/^\/problems\//, '');
  } catch {
    return '';
  }
}

function misfitOf(schema: Schema, text: string, root: Schema): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'no JSON';
  }
  return misfit(schema, value, root)?.replaceAll(/\/\d+/g, '/0');
}
