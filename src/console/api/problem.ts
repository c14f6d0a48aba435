/** What the service refused, in its own words (RFC 9457), in the language asked for. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    /** Stable: `forbidden`, `review-claimed`, … */
    readonly code: string,
    readonly title: string,
    readonly detail: string,
    readonly fields: readonly string[],
  ) {
    super(title);
  }
}

interface ProblemDocument {
  readonly type?: string;
  readonly title?: string;
  readonly detail?: string;
  readonly errors?: readonly { readonly pointer?: string }[];
}

export async function problemOf(response: Response): Promise<Problem> {
  const body = (await response.json().catch(() => ({}))) as ProblemDocument;
  return new Problem(
    response.status,
    body.type?.replace(/^.*\//, '') ?? 'internal',
    body.title ?? response.statusText,
    body.detail ?? '',
    (body.errors ?? []).flatMap(({ pointer }) => (pointer === undefined ? [] : [pointer])),
  );
}
