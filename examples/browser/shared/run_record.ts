import type {CallDiagnostics} from 'tfjs-dtp';
import {InputError} from '../../input_error';
import {defaultSettings, type RivalName, type Settings} from './settings';

/** What a network had reached at a moment of its training. */
export interface Point {
  step: number;
  /** Steps by those of an epoch. */
  epoch: number;
  /** Time spent in its own training steps. */
  seconds: number;
  /** Over the training images, a sample if there are many. */
  loss: number;
  /** Share of the test images named correctly. */
  accuracy: number;
}

/** A row of images; every pixel in [0, 1], but for what decoders make of them. */
export interface ImageRow {
  label: string;
  pixels: number[];
  /** Mean squared difference from the first row; null for that. */
  error: number | null;
}

/** What the diagnostics of a step showed, layer by layer from below. */
export interface Watched {
  step: number;
  epoch: number;
  layers: CallDiagnostics[];
}

/** One of the two networks. */
export interface Side {
  method: 'dtp' | RivalName;
  label: string;
  rate: number;
  points: Point[];
  /** Why it has stopped before its end; null if it has not. */
  failure: string | null;
}

/** A layer that targets reach. */
export interface LayerInfo {
  /** For instance `64 to 128, relu`. */
  label: string;
}

/** A run as the page shows and exports it. */
export interface RunRecord {
  format: typeof FORMAT;
  version: typeof VERSION;
  settings: Settings;
  backend: string;
  network: string;
  parameters: number;
  data: {
    name: string;
    train: number;
    test: number;
    rows: number;
    columns: number;
    classes: number;
    /** What the visitor should know about them; null if nothing. */
    note: string | null;
  };
  stepsPerEpoch: number;
  layers: LayerInfo[];
  sides: [Side, Side];
  watched: Watched[];
  /** Input images and what decoders make of each layer; null if there is nothing to show. */
  reconstructions: ImageRow[] | null;
  /** Why there are none; null if there are, or will be. */
  irreversible: string | null;
}

/** What a step, or several, add to a run. */
export interface Progress {
  step: number;
  /** New points of both networks; the last step may have none. */
  points: [Point[], Point[]];
  failures: [string | null, string | null];
  watched: Watched[];
  /** The newest, if they are new. */
  reconstructions: ImageRow[] | null;
}

const FORMAT = 'tfjs-dtp browser example';
const VERSION = 1;

/** A run before its first step. */
export function newRecord(header: Omit<RunRecord, 'format' | 'version'>): RunRecord {
  return {format: FORMAT, version: VERSION, ...header};
}

/** The run with what was added; the one given stays as it is. */
export function extended(run: RunRecord, added: Progress): RunRecord {
  const sides = run.sides.map((side, i) => ({
    ...side,
    points: added.points[i].length > 0 ? [...side.points, ...added.points[i]] : side.points,
    failure: added.failures[i] ?? side.failure,
  })) as RunRecord['sides'];
  return {
    ...run,
    sides,
    watched: added.watched.length > 0 ? [...run.watched, ...added.watched] : run.watched,
    reconstructions: added.reconstructions ?? run.reconstructions,
  };
}

/** The run as the text of a file. */
export function writeRecord(run: RunRecord): string {
  return `${JSON.stringify(run, null, 1)}\n`;
}

/**
 * The run in the text of a file that `writeRecord` wrote.
 *
 * @param file Its name, for messages.
 * @throws InputError that names the file and what is wrong with it.
 */
export function readRecord(text: string, file: string): RunRecord {
  const reject = (found: string): never => {
    throw new InputError(`${file}: ${found}. Give a file that "Export run as JSON" has written.`);
  };
  let run: RunRecord;
  try {
    run = JSON.parse(text);
  } catch (error) {
    return reject(`is no JSON (${(error as Error).message})`);
  }
  if (run?.format !== FORMAT) reject('is not a run of this page');
  if (run.version !== VERSION) {
    reject(`is of version ${JSON.stringify(run.version)}, expected ${VERSION}`);
  }
  for (const [path, {expected, holds}] of Object.entries(parts)) {
    const value = path
      .split('.')
      .reduce<unknown>((part, name) => (part as Fields | undefined)?.[name], run);
    if (holds(value)) continue;
    reject(`its part "${path}" is ${describe(value)}, expected ${expected}`);
  }
  return run;
}

type Fields = {[name: string]: unknown};

/** What a part has to be. */
interface Kind {
  expected: string;
  holds(value: unknown): boolean;
}

function describe(value: unknown): string {
  if (value === undefined) return 'missing';
  return typeof value === 'object' && value !== null ? 'damaged' : JSON.stringify(value);
}

const isNumber = (value: unknown) => typeof value === 'number';
const isText = (value: unknown) => typeof value === 'string';
const isNumberOrNull = (value: unknown) => value === null || isNumber(value);
const isPoint = (point: Point) =>
  [point?.step, point?.epoch, point?.seconds].every(isNumber) &&
  // JSON has no NaN and no infinity.
  [point.loss, point.accuracy].every(isNumberOrNull);
/** A layer with numbers under every diagnostic; of an inversion also a list of them. */
const isMeasured = (layer: CallDiagnostics) =>
  typeof layer === 'object' &&
  layer !== null &&
  Object.values(layer).every(
    (part) =>
      typeof part !== 'object' ||
      Object.entries(part ?? {}).every(([name, value]) =>
        name === 'residuals'
          ? Array.isArray(value) && value.every(isNumberOrNull)
          : isNumberOrNull(value),
      ),
  );
const isRow = (row: ImageRow) =>
  isText(row?.label) && isList(isNumber)(row.pixels) && isNumberOrNull(row.error);

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isWhole = (value: unknown, least: number) =>
  Number.isSafeInteger(value) && (value as number) >= least;
const isList =
  <Item>(isItem: (item: Item) => boolean) =>
  (value: unknown): value is Item[] =>
    Array.isArray(value) && value.every(isItem);
const isSide = (side: Side) =>
  ['dtp', 'adam', 'sgd', 'bp'].includes(side?.method) &&
  isText(side.label) &&
  isNumber(side.rate) &&
  (side.failure === null || isText(side.failure)) &&
  isList(isPoint)(side.points);
const isMoment = (moment: Watched) =>
  [moment?.step, moment?.epoch].every(isNumber) && isList(isMeasured)(moment.layers);

const names = Object.keys(defaultSettings);
const text: Kind = {expected: 'a text', holds: isText};
const number: Kind = {expected: 'a number', holds: isNumber};
const count: Kind = {expected: 'a whole number ≥ 1', holds: (value) => isWhole(value, 1)};

/** Of all that the page reads: where it is, and what it has to be. */
const parts: Record<string, Kind> = {
  settings: {
    expected: `the fields ${names.join(', ')}, and no other`,
    holds: (value) =>
      isFields(value) && [...Object.keys(value)].sort().join() === [...names].sort().join(),
  },
  'settings.source': text,
  'settings.limit': count,
  'settings.network': text,
  'settings.hidden': {
    expected: 'a list of whole numbers ≥ 1, or null',
    holds: (value) => value === null || isList(count.holds)(value),
  },
  'settings.activation': {
    expected: 'a text, or null',
    holds: (value) => value === null || isText(value),
  },
  'settings.batch': count,
  'settings.epochs': count,
  'settings.seed': {
    expected: 'a whole number ≥ 0',
    holds: (value) => isWhole(value, 0),
  },
  'settings.backend': text,
  'settings.dtp': {expected: 'an object with the options of DTP', holds: isFields},
  'settings.decoder': text,
  'settings.rival': text,
  'settings.rate': number,
  backend: text,
  network: text,
  parameters: number,
  'data.name': text,
  'data.train': count,
  'data.test': count,
  'data.rows': count,
  'data.columns': count,
  'data.classes': count,
  stepsPerEpoch: count,
  layers: {
    expected: 'a list of layers with their labels',
    holds: isList((layer: LayerInfo) => isText(layer?.label)),
  },
  sides: {
    expected: 'two networks, each with method, label, rate, points and failure',
    holds: (value) => isList(isSide)(value) && value.length === 2,
  },
  watched: {
    expected: 'a list of moments with step, epoch and what was measured of every layer',
    holds: isList(isMoment),
  },
  reconstructions: {
    expected: 'a list of rows of images, or null',
    holds: (value) => value === null || isList(isRow)(value),
  },
};
