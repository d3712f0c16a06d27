import type {Means} from './means';

/**
 * Means as a table of text: a row for each call, a column for each quantity under its diagnostic.
 *
 *                reconstruction      inversion
 *     layer      input    output     start    ...
 *     dense_2    0.451    0.0312     1        ...
 *
 * Three digits; where there is no number, a dash.
 */
export function tableOf(means: Means): string {
  const columns = [...new Set(Object.values(means).flatMap(Object.keys))];
  const [groups, quantities] = [0, 1].map((part) => columns.map((name) => name.split('.')[part]));
  const rows = [
    ['', ...groups.map((group, i) => (group === groups[i - 1] ? '' : group))],
    ['layer', ...quantities],
    ...Object.entries(means).map(([call, values]) => [
      call,
      ...columns.map((column) => shown(values[column])),
    ]),
  ];
  const widths = rows[1].map((_, i) => Math.max(...rows.slice(1).map((row) => row[i].length)));
  // The name of a diagnostic may reach over its columns, but not into the next one's.
  for (const [i, group] of rows[0].entries()) {
    if (group === '') continue;
    const end = rows[0].findIndex((other, j) => j > i && other !== '');
    const last = (end === -1 ? widths.length : end) - 1;
    const room = widths.slice(i, last + 1).reduce((sum, width) => sum + width + GAP.length, 0);
    widths[last] += Math.max(0, group.length + GAP.length - room);
  }
  return rows.map((row) => lineOf(row, widths)).join('\n');
}

const GAP = '  ';

function lineOf(cells: string[], widths: number[]): string {
  let line = '';
  let end = 0;
  for (const [i, cell] of cells.entries()) {
    line = line.padEnd(end) + cell;
    end += widths[i] + GAP.length;
  }
  return line;
}

function shown(value: number | null | undefined): string {
  if (value == null) return '–';
  const isSmall = value !== 0 && Math.abs(value) < 1e-3;
  return isSmall ? value.toExponential(2) : String(Number(value.toPrecision(3)));
}
