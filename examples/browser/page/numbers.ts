import {create} from './element';

/** A table of text as the other form of a picture. */
export interface Numbers {
  caption: string;
  columns: string[];
  /** The first cell names its row. */
  rows: string[][];
}

/** What was measured: three digits, or a dash where there is no number. */
export function shown(value: number | null | undefined): string {
  if (value == null || !Number.isFinite(value)) return '–';
  if (value === 0) return '0';
  const exponential = value.toExponential(2);
  const size = Math.abs(Number(exponential));
  if (size < 1e-3 || size >= 1e5) return exponential;
  // 0s that end it before the point are written, though no digits that count.
  return size < 1e3 ? value.toPrecision(3) : String(Number(exponential));
}

/** What is exact in few digits, such as a tick of an axis: no 0s end it. */
export function rounded(value: number): string {
  const text = shown(value);
  return text.includes('.') ? text.replace(/\.?0+(?=e|$)/, '') : text;
}

/** For instance `1 image`, `2,000 images`. */
export function counted(count: number, name: string): string {
  return `${count.toLocaleString('en')} ${name}${count === 1 ? '' : 's'}`;
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
