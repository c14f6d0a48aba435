import type { NoticeCode, Outcome, ReasonCode } from '../comparison/answer.js';
import type { ErrorCode } from '../errors.js';

export type MessageKey =
  | `problem.${ErrorCode}.title`
  | `problem.${ErrorCode}.detail`
  | `outcome.${Outcome}`
  | 'outcome.trial'
  | `reason.${ReasonCode}`
  | `notice.${NoticeCode}`;

/**
 * The texts of one language. A missing or surplus key does not compile. `{name}` stands for a named fact (a
 * limit, never anything a caller sent); a stretch in square brackets is left out when one of its facts is unknown.
 */
export type Catalogue = Readonly<Record<MessageKey, string>>;
