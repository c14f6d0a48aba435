#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { packageRoot } from '../config.js';
import { benchCommand } from './commands/bench.js';
import { calibrateCommand } from './commands/calibrate.js';
import { compareCommand } from './commands/compare.js';
import { demoCommand } from './commands/demo.js';
import { evaluateCommand } from './commands/evaluate.js';
import { modelsCommand } from './commands/models.js';
import { serveCommand } from './commands/serve.js';
import { settingsCommand } from './commands/settings.js';
import { tokenCommand } from './commands/token.js';

const { version, description } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as {
  version: string;
  description: string;
};

await new Command('facematch')
  .description(description)
  .version(version)
  .showHelpAfterError()
  .addHelpText('after', '\nSettings come from the environment: see docs/configuration.md.')
  .addCommand(serveCommand)
  .addCommand(demoCommand)
  .addCommand(compareCommand)
  .addCommand(modelsCommand)
  .addCommand(tokenCommand)
  .addCommand(evaluateCommand)
  .addCommand(calibrateCommand)
  .addCommand(benchCommand)
  .addCommand(settingsCommand)
  .parseAsync();
