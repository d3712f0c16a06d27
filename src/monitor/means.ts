import {type CallDiagnostics, type DiagnosticName, diagnostics} from './index';

/**
 * By call of a layer and by column, `diagnostic.quantity`: a mean; null where there was no number.
 */
export type Means = {[call: string]: {[column: string]: number | null}};

/**
 * The means over several steps of every number that was measured; of curves there are none.
 *
 * A call goes by the name of its layer, from the second call on, of it or of another layer of that name, with
 * its number: `dense`, `dense#2`.
 */
export function meansOf(steps: CallDiagnostics[][]): Means {
  // A layer may have the name of what objects inherit.
  const values: {[call: string]: {[column: string]: number[]}} = Object.create(null);
  for (const measured of steps.flat()) {
    const name = measured.call === 0 ? measured.layer : `${measured.layer}#${measured.call + 1}`;
    values[name] ??= {};
    for (const [column, value] of columnsOf(measured)) {
      values[name][column] ??= [];
      if (value !== null) values[name][column].push(value);
    }
  }
  return mapped(values, (columns) => mapped(columns, mean));
}

function columnsOf(measured: CallDiagnostics): Array<[column: string, value: number | null]> {
  const names = Object.keys(diagnostics) as DiagnosticName[];
  return names.flatMap((name) =>
    Object.entries(measured[name] ?? {})
      .filter(([, value]) => !Array.isArray(value))
      .map(([quantity, value]): [string, number | null] => [`${name}.${quantity}`, value]),
  );
}

function mean(values: number[]): number | null {
  return values.length === 0 ? null : values.reduce((a, b) => a + b, 0) / values.length;
}

function mapped<From, To>(object: {[key: string]: From}, to: (value: From) => To) {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, to(value)]));
}
