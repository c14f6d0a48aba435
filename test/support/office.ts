import { applicationOf, recordOf } from '../../src/cli/demo/client.js';
import { type DemoHolder, type DemoPhoto, inventHolder } from '../../src/cli/demo/scenario.js';
import type { ComparisonAnswer } from '../../src/comparison/answer.js';
import type { TestService } from './service.js';

export { applicationOf, type DemoHolder as Holder, inventHolder, recordOf };

export const photo = (bytes: Buffer): DemoPhoto => ({ label: 'test', bytes, photograph: 'test' });

export interface Reply<T> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T;
}

/** Calls the service as other systems do. */
export function officeOf(service: TestService, authorization: string) {
  const send = async <T>(
    path: string,
    form: FormData,
    headers: Record<string, string>,
  ): Promise<Reply<T>> => {
    const response = await fetch(`${service.url}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${authorization}`, ...headers },
      body: form,
    });
    return { status: response.status, headers: response.headers, body: (await response.json()) as T };
  };
  const formOf = (part: string, value: unknown, bytes: Uint8Array, signature?: Uint8Array) => {
    const form = new FormData();
    form.append(part, new Blob([JSON.stringify(value)], { type: 'application/json' }));
    form.append('photo', new Blob([new Uint8Array(bytes)]), 'photo');
    if (signature) form.append('signature', new Blob([new Uint8Array(signature)]), 'signature');
    return form;
  };
  return {
    transfer: (
      record: unknown,
      bytes: Uint8Array,
      headers: Record<string, string> = {},
      signature?: Uint8Array,
    ) =>
      send<{ documentId: string; created: boolean; embedding: string; type?: string }>(
        '/v1/documents',
        formOf('record', record, bytes, signature),
        headers,
      ),
    compare: (application: unknown, bytes: Uint8Array, headers: Record<string, string> = {}) =>
      send<ComparisonAnswer & { type?: string }>(
        '/v1/comparisons',
        formOf('application', application, bytes),
        headers,
      ),
    async read(
      id: string,
      headers: Record<string, string> = {},
    ): Promise<Reply<ComparisonAnswer & { type?: string }>> {
      const response = await fetch(`${service.url}/v1/comparisons/${id}`, {
        headers: { authorization: `Bearer ${authorization}`, ...headers },
      });
      return {
        status: response.status,
        headers: response.headers,
        body: (await response.json()) as ComparisonAnswer,
      };
    },
    async enrol(holder: DemoHolder): Promise<void> {
      for (const passport of holder.passports) {
        const { status, body } = await this.transfer(recordOf(holder, passport), passport.photo.bytes);
        if (status !== 201) throw new Error(`enrolment answered ${status} ${JSON.stringify(body)}`);
      }
    },
  };
}
