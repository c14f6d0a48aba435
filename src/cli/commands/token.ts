import { Command } from 'commander';
import { loadConfig } from '../../config.js';
import { FacematchError } from '../../errors.js';
import { roleNamed, roleNames, roleOf } from '../../oversight/roles.js';
import { scopes } from '../../oversight/scopes.js';
import { localToken } from '../localToken.js';
import { print, run } from '../output.js';

interface Options {
  readonly client: string;
  readonly subject: string;
  readonly person?: string;
  readonly office?: string;
  readonly role?: string;
  readonly minutes: string;
}

export const tokenCommand = new Command('token')
  .description('make the local token key on first use and print a bearer token (development mode)')
  .argument(
    '[scopes...]',
    `what the token may do, default all of its role's: ${Object.keys(scopes).join(', ')}`,
  )
  .option('--role <role>', `in which role: ${roleNames.join(', ')}`)
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
      const role = options.role === undefined ? undefined : roleNamed(options.role);
      if (options.role !== undefined && role === undefined) {
        throw new FacematchError('input-invalid', `Roles are ${roleNames.join(', ')}.`);
      }
      if (role === undefined && wanted.length === 0) {
        throw new FacematchError('input-invalid', 'Name the scopes or the role of the token.');
      }
      const asked = wanted.length > 0 || role === undefined ? wanted : roleOf(role).scopes;
      const who = { client, subject, person, office, role };
      const request = { ...who, scopes: asked, lifetimeSeconds: 60 * minutes };
      print(await localToken(loadConfig(process.env), request));
    }),
  );
