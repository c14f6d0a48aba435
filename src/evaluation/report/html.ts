import { detPlot, histogramPlot } from './plots.js';
import type { Report } from './report.js';
import type { Section, Table } from './section.js';
import { sectionsOf } from './sections.js';
import { escapeHtml } from './svg.js';

const style = `
:root{color-scheme:light dark;--text:#1c1f24;--soft:#5b6470;--page:#fff;--line:#d9dde3;--s0:#b3471d;--s1:#1f5fae;--s2:#2b7a4b;--s3:#7a4fa3;--s4:#8a6d00}
@media(prefers-color-scheme:dark){:root{--text:#e6e8eb;--soft:#a3adb9;--page:#15181c;--line:#343a43;--s0:#f0905f;--s1:#7fb2f0;--s2:#77c796;--s3:#c39be6;--s4:#d8bd5a}}
body{font:15px/1.5 system-ui,sans-serif;color:var(--text);background:var(--page);margin:2rem auto;max-width:80rem;padding:0 1rem}
h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2.5rem;border-top:1px solid var(--line);padding-top:1rem}
p{margin:.3rem 0;overflow-wrap:anywhere}.wide{overflow-x:auto}
table{border-collapse:collapse;font-size:.8rem;margin:.3rem 0 1.2rem;font-variant-numeric:tabular-nums}
caption{text-align:left;color:var(--soft);padding:.6rem 0 .3rem}th,td{padding:.2rem .7rem .2rem 0;text-align:left;white-space:nowrap;border-bottom:1px solid var(--line)}
.plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(24rem,1fr));gap:1rem}figure{margin:1rem 0}
figcaption{color:var(--soft);font-size:.85rem}svg{width:100%;height:auto}svg text{font-size:12px;fill:var(--soft)}
.grid{stroke:var(--line);stroke-width:1}.axis{stroke:var(--soft);fill:none}.mark{stroke:var(--text);stroke-dasharray:4 3}
.line{fill:none;stroke-width:2}.area{fill-opacity:.35;stroke-width:1.5}.key{margin-right:1rem;color:var(--text)}.key i{display:inline-block;width:1.1em;height:.7em;margin-right:.4em;border-radius:2px}
${[0, 1, 2, 3, 4].map((i) => `.line.s${i}{stroke:var(--s${i})}.area.s${i}{stroke:var(--s${i});fill:var(--s${i})}.key .s${i}{background:var(--s${i})}`).join('')}
`;

/** A report as one page that needs nothing else: it can be mailed, archived, printed. It names photos, so it is personal data. */
export function reportHtml(report: Report): string {
  const title = `Accuracy of ${report.about.model}`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${escapeHtml(title)}</title><style>${style}</style></head>
<body><h1>${escapeHtml(title)}</h1>
${sectionsOf(report).map(sectionHtml).join('\n')}
</body></html>
`;
}

function sectionHtml({ title, lines, tables, plots = [] }: Section): string {
  const fused = plots.find(({ name }) => name === 'normalised-sum') ?? plots[0];
  const pictures =
    fused === undefined ? '' : `<div class="plots">${detPlot(plots)}${histogramPlot(fused)}</div>`;
  return [
    `<h2>${escapeHtml(title)}</h2>`,
    ...lines.map((line) => `<p>${escapeHtml(line)}</p>`),
    pictures,
    ...tables.map(tableHtml),
  ].join('\n');
}

function tableHtml({ caption, rows }: Table): string {
  const [head = [], ...body] = rows;
  const cells = (tag: string, row: readonly string[]): string =>
    `<tr>${row.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`).join('')}</tr>`;
  return `<div class="wide"><table><caption>${escapeHtml(caption)}</caption><thead>${cells('th', head)}</thead><tbody>${body.map((row) => cells('td', row)).join('')}</tbody></table></div>`;
}
