import Table from 'cli-table3';
import type {MethodResult} from './compare';
import {curve} from './curve';
import {type MethodName, methods} from './methods';
import type {Plan} from './plan';
import type {EpochResult} from './run';
import {deviation, mean} from './statistics';

const WIDTH = 100;

/** The results as a table, what they say about DTP and Adam, and how to read them. */
export function report(results: MethodResult[], plan: Plan): string {
  const notes = [
    headline(results, plan),
    ratesTried(results),
    ratesToExtend(results),
    'Train loss and the score are over all images after the last epoch. Seconds are training alone, ' +
      'the first lessons of the decoders included. Test images choose nothing.',
    'Peak MB is the most that all tensors of a training step hold at once: weights, state of the ' +
      'optimizer and the decoders, mini-batch and temporary values, without the data set.',
    kernels(results, plan),
    plan.seeds > 1 ? `± is the standard deviation over ${plan.seeds} seeds.` : '',
  ];
  return [table(results, plan), ...notes.filter((note) => note !== '').map(wrap)].join('\n');
}

function table(results: MethodResult[], {network, epochs, stepsPerEpoch}: Plan): string {
  const {score} = network.task;
  const rows = new Table({
    head: ['method', 'rate', 'train loss', score.name, 'seconds', 'ms a step', 'peak MB'],
    colAligns: ['left', 'right', 'right', 'right', 'right', 'right', 'right'],
    style: {head: [], border: [], compact: true},
  });
  for (const {method, best, peakBytes} of results) {
    const ends = best.runs.map((run) => run.epochs[run.epochs.length - 1]);
    const column = (value: (end: EpochResult) => number, format: (value: number) => string) =>
      spread(ends.map(value), format);
    const milliseconds = 1000 / (epochs * stepsPerEpoch);
    rows.push([
      methods[method].label,
      best.rate,
      ...(best.runs.some((run) => run.diverged)
        ? ['diverged', '–', '–', '–']
        : [
            column((end) => end.loss, significant),
            `${column((end) => end.score, score.format)}${score.unit}`,
            column(
              (end) => end.seconds,
              (seconds) => seconds.toFixed(2),
            ),
            column(
              (end) => end.seconds * milliseconds,
              (step) => step.toFixed(2),
            ),
          ]),
      Number.isNaN(peakBytes) ? '–' : (peakBytes / 1e6).toFixed(1),
    ]);
  }
  return rows.toString();
}

/** When DTP passes what Adam arrives at. */
function headline(results: MethodResult[], {epochs}: Plan): string {
  const of = (name: MethodName) => results.find(({method}) => method === name);
  const [dtp, adam] = [of('dtp'), of('adam')];
  if (dtp === undefined || adam === undefined) return '';
  const goal = curve(adam.best)[epochs];
  if (goal === undefined || !Number.isFinite(goal.loss)) return '';
  const first = ({best}: MethodResult) => curve(best).findIndex(({loss}) => loss <= goal.loss);
  const reached = first(dtp);
  if (reached === -1) {
    return `DTP does not reach Adam's final train loss of ${significant(goal.loss)}.`;
  }
  return (
    `DTP reaches Adam's final train loss of ${significant(goal.loss)} by epoch ${reached} of ` +
    `${epochs}, after ${curve(dtp.best)[reached].seconds.toFixed(2)} s; Adam takes ` +
    `${curve(adam.best)[first(adam)].seconds.toFixed(2)} s.`
  );
}

function ratesTried(results: MethodResult[]): string {
  const lists = choosers(results).map(
    ({method, rates}) => `${methods[method].label} (${rates.map(({rate}) => rate).join(', ')})`,
  );
  if (lists.length === 0) return '';
  return `Of the rates tried, the one with the lowest final train loss: ${lists.join(', ')}.`;
}

/** Says where the best rate is the smallest or largest tried. */
function ratesToExtend(results: MethodResult[]): string {
  const atEnd = choosers(results).filter(({rates, best}) => {
    const tried = rates.map(({rate}) => rate);
    return best.rate === Math.min(...tried) || best.rate === Math.max(...tried);
  });
  if (atEnd.length === 0) return '';
  const labels = atEnd.map(({method}) => methods[method].label).join(', ');
  return `At an end of its list, so that a better rate may lie beyond: ${labels}.`;
}

function choosers(results: MethodResult[]): MethodResult[] {
  return results.filter(({rates}) => rates.length > 1);
}

function kernels(results: MethodResult[], {backend, network}: Plan): string {
  const using = (kernels: 'stock' | 'fixed') =>
    results
      .filter(({method}) => methods[method].wasmKernels === kernels)
      .map(({method}) => methods[method].label)
      .join('; ');
  if (backend !== 'wasm' || using('fixed') === '') return '';
  const stock = using('stock') === '' ? '' : ` On stock kernels: ${using('stock')}.`;
  const convolutions =
    network.filters.length > 0 ? ', and has no gradient of a convolution there' : '';
  return (
    'Stock TensorFlow.js multiplies transposed matrices slowly on wasm, which back-propagation needs ' +
    `in every layer${convolutions}. Timed with that mended: ${using('fixed')}.${stock}`
  );
}

/** The mean and, of several values, the standard deviation in the same unit, with as many decimals. */
function spread(values: number[], format: (value: number) => string): string {
  const centre = format(mean(values));
  if (values.length === 1) return centre;
  const decimals = centre.split('.')[1]?.length ?? 0;
  const width = format(deviation(values));
  return `${centre} ± ${centre.includes('e') ? width : Number(width).toFixed(decimals)}`;
}

/** Three digits, as 0.0123 or 1.23e-5. */
function significant(value: number): string {
  return Math.abs(value) >= 1e-4 || value === 0 ? value.toPrecision(3) : value.toExponential(2);
}

/** A paragraph as a list item with lines of at most `WIDTH` characters. */
function wrap(paragraph: string): string {
  const lines = [''];
  for (const word of paragraph.split(' ')) {
    const line = lines[lines.length - 1];
    if (line.length + word.length + 3 > WIDTH) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return `• ${lines.join('\n  ')}`;
}
