import { MIMEType } from 'node:util';

export interface MediaType {
  /** `type/subtype` in lower case. */
  readonly name: string;
  readonly parameters: Map<string, string>;
}

/** `undefined` where the header is no media type. */
export function parseMediaType(header: string): MediaType | undefined {
  try {
    const type = new MIMEType(header);
    return { name: type.essence, parameters: new Map(type.params) };
  } catch {
    return undefined;
  }
}
