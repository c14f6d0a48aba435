import { Command } from 'commander';
import { pino } from 'pino';
import { systemClock } from '../../clock.js';
import { loadConfig } from '../../config.js';
import { FacematchError } from '../../errors.js';
import { startKeyService } from '../../keyService/server.js';
import { openConfiguredKeys } from '../configuredKeys.js';
import { run, say } from '../output.js';

export const keysServeCommand = new Command('serve')
  .description('serve the keyring and the ledger of this machine to services on others')
  .requiredOption(
    '--listen <address>',
    'address and port, such as 10.0.0.5:8443; TLS unless it is this machine',
  )
  .action((options: { listen: string }) =>
    run(async () => {
      const [, host, port] = /^\[?([^\]]+?)\]?:(\d{1,5})$/.exec(options.listen) ?? [];
      if (host === undefined || Number(port) > 65_535) {
        throw new FacematchError(
          'input-invalid',
          '--listen is an address and a port, such as 10.0.0.5:8443.',
        );
      }
      const config = loadConfig(process.env);
      const logger = pino({ level: config.logLevel });
      const keys = await openConfiguredKeys(config, systemClock, config.store.databaseAnswerMs);
      const close = async () => {
        await keys.keyring.close();
        await keys.ledger.close();
      };
      try {
        const access = config.store.keyService;
        const service = await startKeyService({ keys, host, port: Number(port), access, logger });
        say(`the keys are served on ${service.url}`);
        const stop = () =>
          void service
            .close()
            .then(close)
            .then(() => process.exit(0));
        process.once('SIGTERM', stop);
        process.once('SIGINT', stop);
      } catch (error) {
        await close();
        throw error;
      }
    }),
  );
