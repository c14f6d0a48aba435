#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { packageRoot } from '../packageRoot.js';
import { alternativesCommand } from './commands/alternatives.js';
import { auditCommand } from './commands/audit.js';
import { backupCommand } from './commands/backup.js';
import { benchCommand } from './commands/bench.js';
import { calibrateCommand } from './commands/calibrate.js';
import { compareCommand } from './commands/compare.js';
import { demoCommand } from './commands/demo.js';
import { enrolCommand } from './commands/enrol.js';
import { evaluateCommand } from './commands/evaluate.js';
import { isolationCommand } from './commands/isolation.js';
import { keysCommand } from './commands/keys.js';
import { modeCommand } from './commands/mode.js';
import { modelsCommand } from './commands/models.js';
import { qualityCommand } from './commands/quality.js';
import { qualityDiscardCommand } from './commands/qualityDiscard.js';
import { reembedCommand } from './commands/reembed.js';
import { reportCommand } from './commands/report.js';
import { restoreCommand } from './commands/restore.js';
import { retentionCommand } from './commands/retention.js';
import { rolesCommand } from './commands/roles.js';
import { serveCommand } from './commands/serve.js';
import { settingsCommand } from './commands/settings.js';
import { storeCommand } from './commands/store.js';
import { supplyCommand } from './commands/supply.js';
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
  .addCommand(enrolCommand)
  .addCommand(compareCommand)
  .addCommand(qualityCommand)
  .addCommand(modelsCommand)
  .addCommand(reembedCommand)
  .addCommand(tokenCommand)
  .addCommand(evaluateCommand)
  .addCommand(calibrateCommand)
  .addCommand(qualityDiscardCommand)
  .addCommand(alternativesCommand)
  .addCommand(benchCommand)
  .addCommand(auditCommand)
  .addCommand(reportCommand)
  .addCommand(modeCommand)
  .addCommand(rolesCommand)
  .addCommand(retentionCommand)
  .addCommand(keysCommand)
  .addCommand(backupCommand)
  .addCommand(restoreCommand)
  .addCommand(storeCommand)
  .addCommand(isolationCommand)
  .addCommand(supplyCommand)
  .addCommand(settingsCommand)
  .parseAsync();
