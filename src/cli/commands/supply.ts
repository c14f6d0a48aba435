import { Command } from 'commander';
import { loadConfig } from '../../config.js';
import { FacematchError } from '../../errors.js';
import { loadCards } from '../../models/card.js';
import { auditPackages } from '../../supplyChain/audit.js';
import { licenceReport, licencesPage } from '../../supplyChain/licences.js';
import { lockedPackages } from '../../supplyChain/packages.js';
import { softwareBill } from '../../supplyChain/sbom.js';
import { print, run, say } from '../output.js';

const cards = () => loadCards(loadConfig(process.env).models.folder).values();

export const supplyCommand = new Command('supply')
  .description('what the product is made of: licences, bill of materials, known weaknesses (in a checkout)')
  .addCommand(
    new Command('licences')
      .description('print the licences of packages and networks, as docs/licences.md holds them')
      .action(() =>
        run(async () => {
          const report = licenceReport(lockedPackages(), cards());
          print(licencesPage(report).trimEnd());
          if (report.refused.length === 0) return;
          const those = report.refused.map(({ name, version, licence }) => `${name} ${version}: ${licence}`);
          throw new FacematchError('input-invalid', `These licences are not allowed: ${those.join('; ')}.`);
        }),
      ),
  )
  .addCommand(
    new Command('sbom')
      .description('print the bill of materials (CycloneDX, JSON), networks included')
      .action(() => run(async () => print(JSON.stringify(softwareBill(lockedPackages(), cards()), null, 2)))),
  )
  .addCommand(
    new Command('audit')
      .description(
        'ask the registry for known weaknesses; fails on any, and says so where it does not answer',
      )
      .action(() =>
        run(async () => {
          const result = auditPackages();
          if (result.kind === 'not-answered') {
            say(`Nothing was checked: the registry does not answer audits (${result.why}).`);
            return;
          }
          const { findings } = result;
          for (const one of findings) print(`${one.package} ${one.range}: ${one.severity}`);
          if (findings.length === 0) print('No weakness is known in the packages of the product.');
          else
            throw new FacematchError('input-invalid', `Packages with known weaknesses: ${findings.length}.`);
        }),
      ),
  );
