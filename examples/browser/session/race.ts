import * as tf from '@tensorflow/tfjs';
import * as dtp from 'tfjs-dtp';
import {methods} from '../../compare/methods';
import {type ActivationName, describe, type Network} from '../../compare/networks';
import {type Batch, disposeRun, evaluate, type Run, startRun} from '../../compare/run';
import {withKernels} from '../../compare/wasm_kernels';
import {permutation} from '../../data/permutation';
import {
  type ImageRow,
  newRecord,
  type Point,
  type Progress,
  type RunRecord,
  type Watched,
} from '../shared/run_record';
import type {Settings} from '../shared/settings';
import type {ImageSet} from './images';
import {type LowestDecoder, lowestDecoder} from './lowest_decoder';
import {reconstruct} from './reconstruct';

/** Two networks that start alike and take their steps in turn, on the same mini-batches. */
export interface Race {
  /** The run before its first step. */
  readonly start: RunRecord;
  /** Epochs done, with fractions. */
  readonly epoch: number;
  /** Whether both networks have failed. */
  readonly over: boolean;
  /** A step of each; what it returns has points where the networks were evaluated. */
  step(): Promise<Progress>;
  /** Probabilities of the classes from both, or null where a network has failed. */
  classify(pixels: number[]): [number[] | null, number[] | null];
  /** A network in stock layers; the caller's to dispose. */
  stock(side: 0 | 1): tf.LayersModel;
  dispose(): void;
}

/** A network with what the race knows about it. */
interface Entrant {
  run: Run;
  points: Point[];
  seconds: number;
  /** Steps that were watched, whose time is not known yet. */
  untimed: number;
}

/** The loss is measured on so many training images at most. */
const SAMPLE = 2000;
/** Networks are evaluated at the end of each epoch, and after so many steps. */
const EVALUATE_EVERY = 100;

const DIAGNOSTICS: dtp.DiagnosticName[] = [
  'reconstruction',
  'inversion',
  'influence',
  'target',
  'angle',
];

/** Builds both networks and evaluates them. @throws Error of the library. */
export function startRace(settings: Settings, images: ImageSet, network: Network): Race {
  const stepsPerEpoch = Math.ceil(images.train.count / settings.batch);
  const {dtp: config, epochs} = settings;
  const decoder = {architecture: settings.decoder};
  const plan = {network, dtp: config, decoder, epochs, stepsPerEpoch};
  const rates = {dtp: new dtp.DTPOptimizer(settings.dtp).learningRate, rival: settings.rate};
  const runs: Run[] = [];
  const tensors: tf.Tensor[] = [];
  try {
    runs.push(startRun(plan, 'dtp', rates.dtp, settings.seed));
    runs.push(startRun(plan, settings.rival, rates.rival, settings.seed));
    const [train, test] = [images.train, images.test].map((examples): Batch => {
      const inputs = tf.tensor2d(examples.pixels, [examples.count, images.features]);
      const targets = network.task.targets(examples, images);
      tensors.push(inputs, targets);
      return {inputs, targets};
    });
    return race(settings, images, network, runs, train, test);
  } catch (error) {
    runs.forEach(disposeRun);
    tf.dispose(tensors);
    throw error;
  }
}

function race(
  settings: Settings,
  images: ImageSet,
  network: Network,
  runs: Run[],
  train: Batch,
  test: Batch,
): Race {
  const {count} = images.train;
  const batch = Math.min(settings.batch, count);
  const stepsPerEpoch = Math.ceil(count / batch);
  // Every other step at most, as a watched one is timed by the next.
  const watchEvery = Math.max(2, Math.min(stepsPerEpoch, EVALUATE_EVERY));
  const sample = sampleOf(train);
  const entrants = runs.map((run): Entrant => ({run, points: [], seconds: 0, untimed: 0}));
  const layers = runs[0].model.layers.filter((layer) => layer.getClassName().startsWith('DTP'));
  const isDense = layers.every((layer) => layer instanceof dtp.DTPDense);
  const {decoders, feedback, inversion} = new dtp.DTPOptimizer(settings.dtp).getConfig() as {
    decoders: Parameters<typeof lowestDecoder>[1];
    feedback: string;
    inversion: {iterations: number};
  };
  const irreversible = !isDense
    ? 'Pooling has no inverse, so images are reconstructed by dense networks only.'
    : feedback === 'gradient'
      ? 'With feedback "gradient" decoders learn nothing.'
      : null;
  const lowest: LowestDecoder | null =
    irreversible === null
      ? lowestDecoder(layers[0] as dtp.DTPDense, decoders, settings.seed)
      : null;
  const shown = onePerClass(images, test.inputs);

  let step = 0;
  let order = permutation(count, settings.seed, 1);

  const note = (entrant: Entrant): Point[] => {
    if (entrant.run.diverged) return [];
    const {loss, score} = evaluate(entrant.run, network, sample, test);
    entrant.run.diverged = !Number.isFinite(loss);
    const {seconds} = entrant;
    const point = {step, epoch: step / stepsPerEpoch, seconds, loss, accuracy: score};
    entrant.points.push(point);
    return [point];
  };
  const pictures = (): ImageRow[] | null => {
    if (lowest === null || runs[0].diverged) return null;
    lowest.learn(sample.inputs);
    return reconstruct(layers as dtp.DTPDense[], lowest, shown);
  };

  const start = newRecord({
    settings,
    backend: tf.getBackend(),
    network: describe(network),
    parameters: runs[1].model.countParams(),
    data: {
      name: images.name,
      train: count,
      test: images.test.count,
      rows: images.rows,
      columns: images.columns,
      classes: images.classes,
      note: images.note,
    },
    stepsPerEpoch,
    layers: layers.map((layer) => ({label: labelOf(layer)})),
    sides: [sideOf('dtp'), sideOf(settings.rival)],
    watched: [],
    reconstructions: null,
    irreversible,
  });
  for (const [i, entrant] of entrants.entries()) start.sides[i].points = note(entrant);

  function sideOf(method: 'dtp' | Settings['rival']): RunRecord['sides'][0] {
    const {rate} = runs[method === 'dtp' ? 0 : 1];
    return {method, label: methods[method].label, rate, points: [], failure: null};
  }

  return {
    start,
    get epoch() {
      return step / stepsPerEpoch;
    },
    get over() {
      return entrants.every(({run}) => run.diverged);
    },
    async step() {
      const within = step % stepsPerEpoch;
      if (within === 0) order = permutation(count, settings.seed, 1 + step / stepsPerEpoch);
      const rows = order.slice(within * batch, (within + 1) * batch);
      const minibatch = tf.tidy(() => {
        const chosen = tf.tensor1d(rows, 'int32');
        return {inputs: train.inputs.gather(chosen), targets: train.targets.gather(chosen)};
      });
      const optimizer = runs[0].optimizer as dtp.DTPOptimizer;
      const isWatched = step % watchEvery === 1 && !runs[0].diverged;
      const isDue = (step + 1) % stepsPerEpoch === 0 || (step + 1) % EVALUATE_EVERY === 0;
      const observed = isWatched ? optimizer.observe(DIAGNOSTICS) : null;
      try {
        for (const [i, entrant] of entrants.entries()) {
          // Before an evaluation its own time counts, and what it takes to watch with it.
          await train1(entrant, minibatch, i === 0 && isWatched && !isDue);
        }
      } finally {
        tf.dispose(Object.values(minibatch));
      }
      step++;

      const watched: Watched[] = observed?.diagnostics
        ? [
            {
              step,
              epoch: step / stepsPerEpoch,
              layers: observed.diagnostics.map((layer) => asTaken(layer, inversion.iterations)),
            },
          ]
        : [];
      return {
        step,
        points: entrants.map((entrant) => (isDue ? note(entrant) : [])) as Progress['points'],
        failures: entrants.map(({run}) => failureOf(run)) as Progress['failures'],
        watched,
        reconstructions: watched.length > 0 ? pictures() : null,
      };
    },
    classify(pixels) {
      const image = tf.tensor2d(pixels, [1, images.features]);
      const verdicts = runs.map(({model, diverged}) =>
        diverged ? null : tf.tidy(() => Array.from((model.predict(image) as tf.Tensor).dataSync())),
      );
      image.dispose();
      return verdicts as [number[] | null, number[] | null];
    },
    stock: (side) => dtp.revert(runs[side].model),
    dispose() {
      runs.forEach(disposeRun);
      lowest?.dispose();
      tf.dispose([...Object.values(train), ...Object.values(test), shown]);
      if (sample !== train) tf.dispose(Object.values(sample));
    },
  };
}

/** One step; its time is that of the next one where it `isUntimed`. */
async function train1(
  entrant: Entrant,
  {inputs, targets}: Batch,
  isUntimed: boolean,
): Promise<void> {
  const {run} = entrant;
  if (run.diverged) return;
  await withKernels(methods[run.method].wasmKernels, async () => {
    const begin = performance.now();
    try {
      await run.model.trainOnBatch(inputs, targets);
    } catch (error) {
      if (!(error instanceof dtp.NonFiniteError)) throw error;
      run.diverged = true;
      run.failure = error.message;
    }
    const seconds = (performance.now() - begin) / 1000;
    if (isUntimed) entrant.untimed++;
    else {
      entrant.seconds += seconds * (1 + entrant.untimed);
      entrant.untimed = 0;
    }
  });
}

/**
 * What was measured of a layer, with the residuals of as many iterations as the options say: where it is
 * one only, another is measured beside it, for α.
 */
function asTaken(layer: dtp.CallDiagnostics, iterations: number): dtp.CallDiagnostics {
  const {inversion} = layer;
  if (!inversion || iterations > 1 || inversion.residuals.length < 2) return layer;
  return {...layer, inversion: {...inversion, residuals: [inversion.start, inversion.last]}};
}

function failureOf({diverged, failure}: Run): string | null {
  if (!diverged) return null;
  return failure ?? 'The loss is no longer a number. A lower learning rate may help.';
}

function sampleOf(train: Batch): Batch {
  const [count] = train.inputs.shape;
  if (count <= SAMPLE) return train;
  return {inputs: train.inputs.slice(0, SAMPLE), targets: train.targets.slice(0, SAMPLE)};
}

/** The first test image of every class, `[classes found, pixels]`; ten at most. */
function onePerClass({test, classes}: ImageSet, inputs: tf.Tensor2D): tf.Tensor2D {
  const first = [...Array(classes).keys()]
    .map((label) => test.labels.indexOf(label))
    .filter((index) => index !== -1)
    .slice(0, 10);
  return tf.tidy(() => inputs.gather(tf.tensor1d(first, 'int32')));
}

/** For instance `64 to 128, relu`, `16 filters, relu`. */
function labelOf(layer: tf.layers.Layer): string {
  const {activation, units, filters} = layer.getConfig() as {
    activation: ActivationName;
    units?: number;
    filters?: number;
  };
  if (units === undefined) return `${filters} filters, ${activation}`;
  const [, inputs] = layer.inboundNodes[0].inputShapes[0] as number[];
  return `${inputs} to ${units}, ${activation}`;
}
