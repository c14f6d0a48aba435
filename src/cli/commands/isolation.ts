import { Command } from 'commander';
import { loadConfig } from '../../config.js';
import { childKinds, childPrograms, requireUser, secretPaths } from '../../isolation/children.js';
import { type IsolationReport, probeLayers, requireLayers } from '../../isolation/layers.js';
import type { Reach } from '../../isolation/probeChild.js';
import { reachOf } from '../../isolation/reach.js';
import { print, run } from '../output.js';

export const isolationCommand = new Command('isolation')
  .description(
    'try from inside each kind of child process what it can reach: variables, files, network, processes',
  )
  .action(() =>
    run(async () => {
      const config = loadConfig(process.env);
      requireUser(config.isolation);
      const programs = childPrograms(config);
      const secrets = secretPaths(config, process.env);
      const reports: IsolationReport[] = [];
      for (const kind of childKinds) {
        const report = probeLayers(programs[kind], config.isolation, secrets);
        reports.push(report);
        print(`${kind}: ${report.launcher ? 'started by the launcher' : 'the launcher is not built'}`);
        printAttempts(report);
        printReach(await reachOf(programs[kind], config.isolation, secrets));
        print('');
      }
      requireLayers(reports, config.isolation);
    }),
  );

function printAttempts({ attempts }: IsolationReport): void {
  for (const { layer, what, possible } of attempts)
    line(`tried: ${layer}`, what, possible ? 'POSSIBLE' : 'refused');
}

function printReach({ variables, descriptors, user, status, read, written, network, ...rest }: Reach): void {
  line('variables', variables.join(' '));
  line('descriptors', descriptors.map((descriptor) => descriptor.replace(/^\d+ /, '')).join(' '));
  line('user:group', user);
  for (const privilege of status) line('privileges', privilege.replace('\t', ' '));
  for (const [path, code] of Object.entries(read)) line('reading', path, code);
  for (const [path, code] of Object.entries(written)) line('writing', path, code);
  line('connecting', '127.0.0.1', network);
  line('starting', 'a process', rest.process);
  line('signalling', 'its parent', rest.parent);
}

function line(...[what = '', of = '', outcome = '']: string[]): void {
  print(`  ${what.padEnd(19)} ${outcome === '' ? of : `${of.padEnd(40)} ${outcome}`}`);
}
