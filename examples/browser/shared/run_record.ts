import type {CallDiagnostics} from 'tfjs-dtp';
import {InputError} from '../../input_error';
import type {RivalName, Settings} from './settings';

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
  for (const [name, isRight] of Object.entries(parts)) {
    if (!isRight(run)) reject(`its part "${name}" is missing or damaged`);
  }
  return run;
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
  isText(row?.label) && Array.isArray(row.pixels) && row.pixels.every(isNumber);

/** Of all that the page reads, whether it is there and of its kind. */
const parts: Record<string, (run: RunRecord) => boolean> = {
  settings: ({settings}) => typeof settings?.dtp === 'object' && isText(settings.network),
  backend: ({backend}) => isText(backend),
  network: ({network, parameters}) => isText(network) && isNumber(parameters),
  data: ({data}) =>
    isText(data?.name) &&
    [data.train, data.test, data.rows, data.columns, data.classes].every(isNumber),
  stepsPerEpoch: ({stepsPerEpoch}) => isNumber(stepsPerEpoch),
  layers: ({layers}) => Array.isArray(layers) && layers.every((layer) => isText(layer?.label)),
  sides: ({sides}) =>
    Array.isArray(sides) &&
    sides.length === 2 &&
    sides.every(
      (side) =>
        ['dtp', 'adam', 'sgd', 'bp'].includes(side?.method) &&
        isText(side.label) &&
        Array.isArray(side.points) &&
        side.points.every(isPoint),
    ),
  watched: ({watched}) =>
    Array.isArray(watched) &&
    watched.every(
      (moment) =>
        isNumber(moment?.epoch) && Array.isArray(moment.layers) && moment.layers.every(isMeasured),
    ),
  reconstructions: ({reconstructions}) =>
    reconstructions === null || (Array.isArray(reconstructions) && reconstructions.every(isRow)),
};
