import { Command } from 'commander';
import { settingsTable } from '../../settings.js';
import { print } from '../output.js';

export const settingsCommand = new Command('settings')
  .description('print every setting of the environment, as docs/configuration.md holds them')
  .action(() => print(settingsTable()));
