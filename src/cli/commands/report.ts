import Table from 'cli-table3';
import { Command } from 'commander';
import { systemClock } from '../../clock.js';
import { loadConfig } from '../../config.js';
import { databasePlace } from '../../configuredStore.js';
import { FacematchError } from '../../errors.js';
import { reportOnUsePage } from '../../http/pages/useReport.js';
import { reportCsv } from '../../oversight/reportCsv.js';
import { measureNames, parseReportQuery, reportOnUse, type UseReport } from '../../oversight/useReport.js';
import { openForReading } from '../../store/recordReader.js';
import { UseFigures } from '../../store/useFigures.js';
import { print, run } from '../output.js';

const formats = ['table', 'json', 'csv', 'html'] as const;

interface Options {
  readonly from?: string;
  readonly to?: string;
  readonly by: string;
  readonly format: string;
}

export const reportCommand = new Command('report')
  .description('how the service is used: comparisons, results, reviews, refusals, destructions')
  .option('--from <day>', 'first day (YYYY-MM-DD); default a year ago')
  .option('--to <day>', 'day after the last; default tomorrow')
  .option('--by <period>', 'day, month or year', 'month')
  .option('--format <format>', formats.join(', '), 'table')
  .action((options: Options) =>
    run(async () => {
      const format = formats.find((known) => known === options.format);
      if (format === undefined) {
        throw new FacematchError('input-invalid', `--format takes ${formats.join(', ')}.`);
      }
      const now = systemClock();
      const query = parseReportQuery({
        from: options.from ?? daysFrom(now, -365),
        to: options.to ?? daysFrom(now, 1),
        by: options.by,
      });
      const connection = await openForReading(databasePlace(loadConfig(process.env)));
      try {
        print(await shown(await reportOnUse(new UseFigures(connection), query), format));
      } finally {
        await connection.close();
      }
    }),
  );

async function shown(report: UseReport, format: (typeof formats)[number]): Promise<string> {
  switch (format) {
    case 'json':
      return JSON.stringify(report, null, 2);
    case 'csv':
      return (await reportCsv(report)).trimEnd();
    case 'html':
      return reportOnUsePage(report, 'en');
    case 'table': {
      const periods = report.periods.slice(-8);
      const table = new Table({
        head: ['', 'total', ...periods.map(({ period }) => period)],
        style: { head: [], border: [] },
      });
      const cell = (value: number | null) =>
        value === null ? '–' : Number.isInteger(value) ? String(value) : value.toFixed(4);
      for (const name of measureNames) {
        table.push([name, cell(report.total[name]), ...periods.map((period) => cell(period[name]))]);
      }
      const { reviews, first, second, disputed, taken, oldest } = report.waiting;
      const since = oldest === null ? '' : `, the oldest since ${oldest.slice(0, 10)}`;
      return `${table.toString()}
Reviews not done now: ${reviews}${since}. Waiting: ${first}, for a second person ${second}, for a supervisor ${disputed}; with somebody: ${taken}.`;
    }
  }
}

const daysFrom = (date: Date, days: number): string =>
  new Date(date.getTime() + days * 24 * 60 * 60 * 1000).toISOString().slice(0, 10);
