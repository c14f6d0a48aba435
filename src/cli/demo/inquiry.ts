import { FacematchError } from '../../errors.js';

export interface DemoInquiry {
  /** The comparison that started it. */
  readonly comparisonId: string;
  /** Of the person who opens it and asks for the search. */
  readonly token: string;
  readonly members: readonly string[];
}

const day = 24 * 60 * 60 * 1000;

/** Opens an inquiry on a comparison and asks for a search with its photo, which then waits for a supervisor. */
export async function openDemoInquiry(url: string, demo: DemoInquiry): Promise<{ searchId: string }> {
  const post = async (path: string, body: object): Promise<Record<string, unknown>> => {
    const response = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${demo.token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.ok) {
      throw new FacematchError('internal', `The service answered ${response.status} to ${path}.`);
    }
    return (await response.json()) as Record<string, unknown>;
  };
  const { inquiryId } = await post('/v1/inquiries', {
    reference: 'BR-2026-0141',
    ground: 'Law of 10 February 2015 on passport data, processing against fraud',
    purpose: 'Whether one person holds passports under two names',
    members: demo.members,
    endsAt: new Date(Date.now() + 90 * day).toISOString(),
  });
  const path = `/v1/inquiries/${inquiryId}`;
  const { comparisonId } = demo;
  await post(`${path}/records`, { comparisonId, reason: 'A clerk recognised the face from another file' });
  const { searchId } = await post(`${path}/searches`, {
    probe: { comparisonId },
    reason: 'The same face is said to hold a passport under another name',
  });
  return { searchId: String(searchId) };
}
