import type { Logger } from 'pino';
import { failureFacts } from './failureFacts.js';

/** By which a supervisor tells a failure that nobody foresaw (sysexits.h, EX_SOFTWARE). */
const exitCode = 70;

/**
 * Ends the process at what nobody caught, as its state is unknown by then, and says where it happened. Node itself would
 * print the message too, which may hold somebody's data. What was committed is on the disk; the supervisor starts anew.
 *
 * @param flushed resolves, in bounded time, once the log has what it was given
 */
export function endAtUnforeseen(logger: Logger, flushed: () => Promise<unknown>): void {
  process.once('uncaughtException', (error, origin) => {
    logger.fatal({ event: 'crashed', origin, ...failureFacts(error) });
    void flushed().finally(() => process.exit(exitCode));
  });
}
