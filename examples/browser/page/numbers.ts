import {create} from './element';

/** A table of text as the other form of a picture. */
export interface Numbers {
  caption: string;
  columns: string[];
  /** The first cell names its row. */
  rows: string[][];
}

/** Three digits, or a dash where there is no number. */
export function shown(value: number | null | undefined): string {
  if (value == null || !Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e5)) return value.toExponential(1);
  return String(Number(value.toPrecision(3)));
}

export function percent(share: number | null | undefined): string {
  return share == null || !Number.isFinite(share) ? '–' : `${(100 * share).toFixed(1)} %`;
}

export function tableOf({caption, columns, rows}: Numbers): HTMLTableElement {
  const cell = (text: string, scope?: 'col' | 'row') =>
    scope === undefined
      ? create('td', {textContent: text})
      : create('th', {textContent: text, scope});
  return create(
    'table',
    {},
    create('caption', {textContent: caption}),
    create('thead', {}, create('tr', {}, ...columns.map((text) => cell(text, 'col')))),
    create(
      'tbody',
      {},
      ...rows.map(([name, ...values]) =>
        create('tr', {}, cell(name, 'row'), ...values.map((value) => cell(value))),
      ),
    ),
  );
}
