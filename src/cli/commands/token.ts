import { Command } from 'commander';
import { loadConfig } from '../../config.js';
import { FacematchError } from '../../errors.js';
import { scopes } from '../../http/scopes.js';
import { localToken } from '../localToken.js';
import { print, run } from '../output.js';

interface Options {
  readonly client: string;
  readonly subject: string;
  readonly person?: string;
  readonly office?: string;
  readonly minutes: string;
}

export const tokenCommand = new Command('token')
  .description('make the local token key on first use and print a bearer token (development mode)')
  .argument('<scopes...>', `what the token may do: ${Object.keys(scopes).join(', ')}`)
  .option('--client <id>', 'the calling system', 'development')
  .option('--subject <id>', "the token's subject", 'developer')
  .option('--person <id>', 'the person behind the request')
  .option('--office <code>', 'passport office: the token sees only its applications')
  .option('--minutes <n>', 'how long it holds (60 at most)', '60')
  .action((wanted: string[], options: Options) =>
    run(async () => {
      const unknown = wanted.filter((scope) => !Object.hasOwn(scopes, scope));
      if (unknown.length > 0)
        throw new FacematchError('input-invalid', `Unknown scopes: ${unknown.join(', ')}.`);
      const minutes = Number(options.minutes);
      if (!Number.isInteger(minutes) || minutes < 1 || minutes > 60) {
        throw new FacematchError('input-invalid', '--minutes takes a whole number from 1 to 60.');
      }
      const { client, subject, person, office } = options;
      const request = { client, subject, person, office, scopes: wanted, lifetimeSeconds: 60 * minutes };
      print(await localToken(loadConfig(process.env), request));
    }),
  );
