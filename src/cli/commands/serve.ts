import { Command } from 'commander';
import { pino } from 'pino';
import { systemClock } from '../../clock.js';
import { loadConfig } from '../../config.js';
import { startService } from '../../service.js';
import { run, say } from '../output.js';

/** What a stopping service may still take to finish what is at work. */
export const stopDeadlineMs = 20_000;

export const serveCommand = new Command('serve')
  .description('run the service; settings come from the environment')
  .action(() =>
    run(async () => {
      const config = loadConfig(process.env);
      const logger = pino({ level: config.logLevel });
      const service = await startService(config, { clock: systemClock, logger, say });
      say(`facematch listens on ${service.url} (API description: ${service.url}/docs)`);
      let stopping = false;
      const stop = (): void => {
        if (stopping) return;
        stopping = true;
        service.close(stopDeadlineMs).then(
          (complete) => process.exit(complete ? 0 : 1),
          () => process.exit(1),
        );
      };
      process.on('SIGTERM', stop);
      process.on('SIGINT', stop);
      // Whoever keeps the service running starts it again, with the model that the store has now.
      void service.outdated.then(stop);
    }),
  );
