import type { Language } from '../../oversight/caller.js';
import type { Reply } from '../route.js';

export const escapeHtml = (plain: string): string =>
  plain.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** A page without script or inline style, as the content security policy demands. `body` is HTML. */
export function htmlPage(
  language: Language,
  {
    title,
    body,
    depth,
  }: { readonly title: string; readonly body: string /** Segments of its path. */; readonly depth: number },
): string {
  const root = '../'.repeat(depth - 1);
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<link rel="stylesheet" href="${root}pages/page.css">
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
${body}
</main>
</body>
</html>
`;
}

export function htmlReply(language: Language, html: string): Reply {
  return {
    status: 200,
    headers: {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Language': language,
      Vary: 'Accept, Accept-Language',
    },
    body: html,
  };
}

/** Names and values, as plain text; entries without a value are left out. */
export function definitions(entries: readonly (readonly [string, string | number | undefined])[]): string {
  const lines = entries.flatMap(([name, value]) =>
    value === undefined || value === ''
      ? []
      : [`<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(String(value))}</dd>`],
  );
  return `<dl>${lines.join('\n')}</dl>`;
}

export function dataTable(
  heads: readonly string[],
  rows: readonly (readonly (string | number)[])[],
  caption = '',
): string {
  const cells = (values: readonly (string | number)[], tag: 'th' | 'td') =>
    values.map((value) => `<${tag}>${escapeHtml(String(value))}</${tag}>`).join('');
  return `<table>${caption === '' ? '' : `<caption>${escapeHtml(caption)}</caption>`}
<thead><tr>${cells(heads, 'th')}</tr></thead>
<tbody>${rows.map((row) => `<tr>${cells(row, 'td')}</tr>`).join('\n')}</tbody></table>`;
}

export const styleSheet = `:root { color-scheme: light; }
body { font: 15px/1.5 system-ui, sans-serif; color: #1b1b1b; background: #fff; margin: 0; }
main { max-width: 62rem; margin: 0 auto; padding: 1.5rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.2rem; margin-top: 2rem; } h3 { font-size: 1rem; }
dl { display: grid; grid-template-columns: minmax(12rem, 18rem) 1fr; gap: .2rem 1rem; margin: 0 0 1rem; }
dt { color: #555; } dd { margin: 0; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 1.5rem; font-size: .9rem; }
caption { text-align: left; color: #555; }
th, td { text-align: left; padding: .25rem .6rem .25rem 0; border-bottom: 1px solid #ddd; vertical-align: top; }
img.photo { max-height: 12rem; border: 1px solid #ccc; } img.signature { max-height: 5rem; }
figure { display: inline-block; margin: 0 1.5rem 1rem 0; } figcaption { color: #555; }
section { break-inside: avoid-page; }
svg { width: 100%; height: auto; } svg text { font: 12px system-ui, sans-serif; fill: #333; }
.consistent { fill: #2f7d4f; } .review { fill: #c4721b; } .not-comparable { fill: #8a8f98; }
.line { fill: none; stroke: #1f5fa8; stroke-width: 2; } .dot { fill: #1f5fa8; }
.grid { stroke: #e2e2e2; } .bar { fill: #c4721b; } .whisker { stroke: #333; stroke-width: 1.5; }
@media print { main { max-width: none; padding: 0; } a { color: inherit; } }
`;
