import { setFlagsFromString } from 'node:v8';
import { Command } from 'commander';
import { systemClock } from '../../clock.js';
import { loadConfig } from '../../config.js';
import { createLogger } from '../../http/log.js';
import { standardOutput } from '../../http/logOutput.js';
import { endAtUnforeseen } from '../../lastResort.js';
import { startService } from '../../service.js';
import { run, say } from '../output.js';

/** What a stopping service may still take to finish what is at work. */
export const stopDeadlineMs = 20_000;
/** And its last log lines, to reach whoever reads them. */
const logDeadlineMs = 1_000;

/**
 * Photos pass through the service outside of its heap, and count as if they grew it: at a hundred a second the whole
 * heap would be looked through several times a second, for a third of the service's processor time. So three times
 * what lives may be there before that.
 */
const growth = '--heap-growing-percent=200';

export const serveCommand = new Command('serve')
  .description('run the service; settings come from the environment')
  .action(() =>
    run(async () => {
      setFlagsFromString(growth);
      const config = loadConfig(process.env);
      const output = standardOutput();
      // What is said to the terminal after the start must not end the service when its disk is full.
      process.stderr.on('error', () => undefined);
      const logger = createLogger(config.logLevel, output);
      endAtUnforeseen(logger, () => output.flush(logDeadlineMs));
      const parts = { clock: systemClock, logger, say, logLinesLost: output.lost };
      const service = await startService(config, parts);
      say(`facematch listens on ${service.url} (API description: ${service.url}/docs)`);
      let stopping = false;
      const stop = (): void => {
        if (stopping) return;
        stopping = true;
        service
          .close(stopDeadlineMs)
          .catch(() => false)
          .then(async (complete) => {
            await output.flush(logDeadlineMs);
            process.exit(complete ? 0 : 1);
          });
      };
      process.on('SIGTERM', stop);
      process.on('SIGINT', stop);
      // Whoever keeps the service running starts it again, with the model that the store has now.
      void service.outdated.then(stop);
    }),
  );
