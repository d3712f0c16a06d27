import {methods} from '../../examples/compare/methods';
import {networks} from '../../examples/compare/networks';
import {deviation, mean} from '../../examples/compare/statistics';
import {tasks} from '../../examples/compare/tasks';
import {InputError} from '../../examples/input_error';
import {significant, table} from '../markdown';
import {jobsOf, type Row, rowName, type Section, settingsRow} from './grid';
import {type GridTask, gridTasks} from './grid_tasks';
import type {Result} from './results';

const NAMES = Object.keys(gridTasks) as GridTask[];
const DEFAULTS = settingsRow('');

/**
 * The results as Markdown: a table of single changes, then tables of pairs for each task.
 *
 * Losses are those after the last epoch, in brackets as a multiple of that of the defaults on the
 * same task. Lines are sorted by the mean logarithm of these multiples. A table of pairs shows if
 * half of them are trained.
 *
 * @throws InputError if the results are of several data sets or lengths.
 */
export function report(results: Result[], sections: Section[]): string {
  assertAlike(results);
  const find = finder(results);
  const single = sections.filter(({pivot}) => pivot === undefined);
  const parts = [
    circumstancesOf(results),
    singleChanges(single, find),
    ...sections.flatMap((section) => NAMES.map((task) => pivotTable(section, task, find))),
    failures(results),
    missing(single, find),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

/** A loss is a multiple of that of the defaults, of the same training. */
function assertAlike(results: Result[]): void {
  const kinds = new Set(
    results.map(
      ({data, plannedEpochs}) => `${data.train} of ${data.name}, epochs ${plannedEpochs}`,
    ),
  );
  if (kinds.size < 2) return;
  throw new InputError(
    `--results: are of ${[...kinds].join('; and of ')}, expected one data set and number of epochs. ` +
      'Keep those of each in a file of its own.',
  );
}

/** What a row did on a task; undefined if it was not trained. */
type Find = (row: Row, task: GridTask) => Result | undefined;

function finder(results: Result[]): Find {
  const byName = new Map(results.map((result) => [`${result.task} ${rowName(result)}`, result]));
  return (row, task) => byName.get(`${task} ${rowName(row)}`);
}

/** A line of the table of single changes: one training, from several seeds or at several rates. */
interface Line {
  label: string;
  cells: Cell[];
}

interface Cell {
  /** The final loss; NaN if it diverged; undefined if it was not trained. */
  loss?: number;
  text: string[];
  cpu?: number;
}

function singleChanges(sections: Section[], find: Find): string {
  const titles = [...new Set(sections.map(({title}) => title))];
  const head = NAMES.flatMap((task) => [`${task} loss`, `${task} test`]);
  const lines = titles.flatMap((title) => {
    const rows = sections.filter((section) => section.title === title).flatMap(({rows}) => rows);
    return [[`**${title}**`, ...head.map(() => ''), ''], ...linesOf(rows, find).map(columnsOf)];
  });
  return table(['change', ...head, 'CPU'], lines);
}

function linesOf(rows: Row[], find: Find): Line[] {
  const labels = [...new Set(rows.map(labelOf))];
  const lines = labels.map((label): Line => {
    const own = rows.filter((row) => labelOf(row) === label);
    return {label, cells: NAMES.map((task) => cellOf(own, task, find))};
  });
  return lines
    .filter(({cells}) => cells.some(({loss}) => loss !== undefined))
    .sort((a, b) => meanRatio(a, find) - meanRatio(b, find));
}

function columnsOf({label, cells}: Line): string[] {
  const cpu = cells.flatMap((cell) => (cell.cpu === undefined ? [] : [cell.cpu]));
  const cost = Math.exp(mean(cpu.map(Math.log)));
  return [label, ...cells.flatMap(({text}) => text), Number.isNaN(cost) ? '–' : cost.toFixed(1)];
}

function labelOf({method, settings}: Row): string {
  if (method !== 'dtp') return methods[method].label;
  return settings === '' ? 'defaults' : `\`${settings}\``;
}

/** What rows of one label did: the mean over the seeds, at the rate where that is lowest. */
function cellOf(rows: Row[], task: GridTask, find: Find): Cell {
  const rates = [...new Set(rows.map(({rate}) => rate))].flatMap((rate) => {
    const found = rows.filter((row) => row.rate === rate).map((row) => find(row, task));
    const results = found.filter((result) => result !== undefined);
    return results.length === 0 ? [] : [{rate, results, loss: mean(results.map(finalLoss))}];
  });
  if (rates.length === 0) return {text: ['–', '–']};
  const best = rates.reduce((one, other) =>
    other.loss < one.loss || Number.isNaN(one.loss) ? other : one,
  );
  const cpu = mean(best.results.map(({cpuSeconds}) => cpuSeconds as number));
  const relative = cpu / ((find(DEFAULTS, task)?.cpuSeconds ?? Number.NaN) as number);
  if (Number.isNaN(best.loss)) return {loss: best.loss, text: ['diverged', '–']};
  const spread =
    best.results.length > 1 ? ` ± ${significant(deviation(best.results.map(finalLoss)), 2)}` : '';
  const rate = best.rate === undefined ? '' : `, rate ${best.rate}`;
  const {score} = tasks[networks[gridTasks[task].network].task];
  return {
    loss: best.loss,
    text: [
      `${significant(best.loss)}${spread} (${ratio(best.loss, task, find)}${rate})`,
      score.format(mean(best.results.map((result) => result.epochs.at(-1)?.score as number))) +
        score.unit,
    ],
    cpu: relative,
  };
}

function finalLoss({diverged, epochs}: Result): number {
  return diverged ? Number.NaN : (epochs.at(-1)?.loss ?? Number.NaN);
}

/** The loss as a multiple of that of the defaults from the first seed. */
function ratio(loss: number, task: GridTask, find: Find): string {
  const reference = find(DEFAULTS, task);
  return reference === undefined ? '–' : `×${significant(loss / finalLoss(reference))}`;
}

/** The mean of the logarithms of the ratios, for sorting; infinite for what diverged anywhere. */
function meanRatio({cells}: Line, find: Find): number {
  const logs = cells.flatMap(({loss}, index) => {
    const reference = find(DEFAULTS, NAMES[index]);
    if (loss === undefined || reference === undefined) return [];
    return [Number.isNaN(loss) ? Infinity : Math.log(loss / finalLoss(reference))];
  });
  return mean(logs);
}

function pivotTable({title, pivot}: Section, task: GridTask, find: Find): string {
  if (pivot === undefined) return '';
  let trained = 0;
  const lines = pivot.lines.map((line) => [
    `\`${line}\``,
    ...pivot.columns.map((column) => {
      const result = find(settingsRow(`${line} ${column}`), task);
      if (result === undefined) return '–';
      trained++;
      const loss = finalLoss(result);
      return Number.isNaN(loss) ? 'diverged' : `${significant(loss)} (${ratio(loss, task, find)})`;
    }),
  ]);
  if (2 * trained < lines.length * pivot.columns.length) return '';
  const head = ['', ...pivot.columns.map((column) => `\`${column}\``)];
  return `**${title}, task ${gridTasks[task].label}**\n\n${table(head, lines)}`;
}

function circumstancesOf(results: Result[]): string {
  const distinct = (value: (result: Result) => string) =>
    [...new Set(results.map(value))].join('; ');
  const networksTrained = NAMES.flatMap((task) => {
    const one = results.find((result) => result.task === task);
    return one === undefined
      ? []
      : [`- **${task}**: ${one.network}, batches of ${one.batch}, ${one.plannedEpochs} epochs`];
  });
  return [
    ...networksTrained,
    `- data: ${distinct(({data}) => `${data.name}, ${data.train} training images`)}`,
    `- commit ${distinct(({commit}) => commit)}`,
    `- ${distinct(
      ({versions: {node, tfjs}, machine}) =>
        `Node ${node}, TensorFlow.js ${tfjs} wasm, ${machine.processor}, ${machine.cores} cores`,
    )}`,
  ].join('\n');
}

/** What the optimizer said where it gave up. */
function failures(results: Result[]): string {
  const failed = results.filter(({error}) => error !== null);
  return failed.map((result) => `- ${result.task} ${labelOf(result)}: ${result.error}`).join('\n');
}

function missing(sections: Section[], find: Find): string {
  const lines = NAMES.flatMap((task) => {
    const rows = jobsOf(sections, [task])
      .map(({row}) => row)
      .filter((row) => find(row, task) === undefined);
    return rows.length === 0
      ? []
      : [`- ${task}: ${rows.map((row) => `${labelOf(row)}${suffix(row)}`).join(', ')}`];
  });
  return lines.length === 0 ? '' : `Not trained:\n\n${lines.join('\n')}`;
}

function suffix({rate, seed}: Row): string {
  return `${rate === undefined ? '' : ` at ${rate}`}${seed === 1 ? '' : ` from seed ${seed}`}`;
}
