/** A table in Markdown; all columns but the first are numbers. */
export function table(head: string[], lines: string[][]): string {
  const row = (cells: string[]) => `| ${cells.join(' | ')} |`;
  const rule = head.map((_, index) => (index === 0 ? '---' : '---:'));
  return [head, rule, ...lines].map(row).join('\n');
}

/** So many digits, without an exponent: 0.00123, 1.23, 123. */
export function significant(value: number, digits = 3): string {
  if (Number.isNaN(value)) return '–';
  if (value === 0 || !Number.isFinite(value)) return String(value);
  const decimals = digits - 1 - Math.floor(Math.log10(Math.abs(value)));
  return value.toFixed(Math.min(Math.max(decimals, 0), 20));
}

/** As a multiple: ×0.25. */
export function multiple(ratio: number): string {
  return Number.isFinite(ratio) ? `×${significant(ratio, 2)}` : '–';
}
