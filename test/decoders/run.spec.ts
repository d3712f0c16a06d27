import * as tf from '@tensorflow/tfjs';
import * as dtp from 'tfjs-dtp';
import {learnDecoder} from '../../src/decoders/learn';
import {type DecoderRun, decoderRun} from '../../src/decoders/run';
import type {Decoder} from '../../src/layers/paired_layer';
import {resolveConfig} from '../../src/optimizer/resolve_config';
import {snapshot} from '../../src/step/snapshot';
import {createStep, type TrainingStep, withStep} from '../../src/step/training_step';
import {propagate} from '../../src/targets/propagate';
import {data} from '../support/architectures';
import {onEveryBackendButWebgl} from '../support/backends';
import {lossOf, variablesOf} from '../targets/pass';

type Decoders = NonNullable<dtp.DTPOptimizerConfig['decoders']>;

const UNITS = 4;

/** Each has the same weights. */
function dense(): dtp.DTPDense {
  const kernelInitializer = tf.initializers.randomNormal({stddev: 0.5, seed: 1});
  return dtp.layers.dense({units: UNITS, activation: 'tanh', kernelInitializer});
}

/** A layer, and above it what is made of its output. */
function modelWith(above: (x: tf.SymbolicTensor) => unknown): tf.LayersModel {
  const input = tf.input({shape: [UNITS]});
  const outputs = above(dense().apply(input) as tf.SymbolicTensor) as tf.SymbolicTensor;
  return tf.model({inputs: input, outputs});
}

/** A step of a run in which nothing moves but decoders, seen after targets came down and at its end. */
function takeStep(
  run: DecoderRun,
  decoders: Decoders,
  model: tf.LayersModel,
  {
    iteration = 0,
    trained = variablesOf(model),
    passed = () => {},
    ended = () => {},
  }: {
    iteration?: number;
    trained?: tf.Variable[];
    passed?: (step: TrainingStep) => void;
    ended?: (step: TrainingStep) => void;
  } = {},
): void {
  const prepare = (record: TrainingStep['records'][number]) => run.prepare(step, record);
  const config = resolveConfig({decoders});
  const step: TrainingStep = createStep(config, new Set(trained), prepare, [], iteration);
  const loss = lossOf(model, data({inputs: [[UNITS]], outputs: [[UNITS]]}, 8));
  withStep(step, () =>
    tf.tidy(() => {
      propagate(step, loss);
      passed(step);
      const before = snapshot(variablesOf(model));
      run.learn(step, before);
      before.dispose();
      ended(step);
    }),
  );
}

const kernelOf = ({decoder}: dtp.DTPDense) =>
  Array.from((decoder as Decoder).kernel.read().dataSync());

/** Has a step know that it moves the kernel of a layer by so much. */
const movedBy = (layer: dtp.DTPDense, move: number) => (step: TrainingStep) => {
  step.relativeMoves.set((layer.parameters()[0].read() as tf.Variable).dataId, move);
};

/** What a body returns of a model, whose weights are then as they were. */
function undone<Result>(model: tf.LayersModel, body: () => Result): Result {
  const before = model.getWeights().map((weight) => weight.clone());
  const result = body();
  model.setWeights(before);
  tf.dispose(before);
  return result;
}

onEveryBackendButWebgl('a run of decoders', () => {
  for (const when of ['after', 'before'] as const) {
    it(`teaches the decoder of a shared layer from all its calls: ${when}`, () => {
      const shared = dense();
      const model = modelWith((x) => shared.apply(shared.apply(x)));
      const decoders = {objective: 'autoencoder', when, warmupSteps: 0, drift: 0} as const;
      const config = resolveConfig({decoders});
      const start = model.getWeights().map((weight) => weight.clone());
      const ended = ({records}: TrainingStep) => {
        const learned = kernelOf(shared);
        model.setWeights(start);
        const calls = records.filter(({layer}) => layer === (shared as unknown));
        expect(calls.length).toBe(2);
        const lesson = {...config.decoders, steps: 1, fresh: false, seed: 1};
        learnDecoder(shared, calls, 'autoencoder', lesson);
        expect(learned).toEqual(kernelOf(shared));
      };
      takeStep(decoderRun(config), decoders, model, {ended});
    });
  }

  for (const when of ['after', 'before'] as const) {
    it(`teaches a decoder whose kernel something else has moved until it has settled again: ${when}`, () => {
      const upper = dense();
      const model = modelWith((x) => upper.apply(x));
      const run = decoderRun(resolveConfig({decoders: {when}}));
      takeStep(run, {when}, model);
      const first = kernelOf(upper);
      takeStep(run, {when}, model, {iteration: 1});
      expect(kernelOf(upper)).toEqual(first);

      upper.parameters()[0].write(tf.randomNormal([UNITS, UNITS], 0, 1, 'float32', 3));
      takeStep(run, {when}, model, {iteration: 2});
      const again = kernelOf(upper);
      takeStep(decoderRun(resolveConfig({decoders: {when}})), {when}, model);
      const anew = kernelOf(upper);
      const distance = (a: number[], b: number[]) =>
        Math.hypot(...a.map((entry, i) => entry - b[i]));
      expect(distance(again, anew)).toBeLessThan(1e-3 * distance(first, anew));
    });
  }

  /** What the decoders of two equal layers on equal inputs are after one step. */
  function twinsAfter(decoders: Decoders, seed: number, iterations: number[]): string[] {
    const twins = [dense(), dense()];
    const model = modelWith((x) =>
      tf.layers.add().apply(twins.map((twin) => twin.apply(x) as never)),
    );
    const run = decoderRun(resolveConfig({decoders, seed}));
    return iterations.flatMap((iteration) =>
      undone(model, () => {
        takeStep(run, decoders, model, {iteration});
        return twins.map((twin) => JSON.stringify(kernelOf(twin)));
      }),
    );
  }

  it('draws other samples in every step, for every layer and for every seed', () => {
    const decoders = {objective: 'sampled-perturbation', warmupSteps: 0, drift: 0} as const;
    const kernels = [0, 1].flatMap((seed) => twinsAfter(decoders, seed, [0, 1]));
    expect(new Set(kernels).size).toBe(8);
    expect(twinsAfter(decoders, 0, [0, 1])).toEqual(kernels.slice(0, 4));
  });

  it('draws other samples for the first lessons of every layer', () => {
    const decoders = {objective: 'sampled-perturbation', warmupSteps: 3, drift: 1e9} as const;
    expect(new Set(twinsAfter(decoders, 0, [0])).size).toBe(2);
  });

  /** A run that has taken a step, in which the upper layer moved by so much, and one that was loaded then. */
  async function savedAfter(move: number, decoders: Decoders) {
    const layer = dense();
    const model = modelWith((x) => layer.apply(x));
    const [run, resumed] = [0, 1].map(() => decoderRun(resolveConfig({decoders})));
    takeStep(run, decoders, model, {iteration: 1, passed: movedBy(layer, move)});
    await resumed.setWeights(await run.getWeights());
    return {layer, model, runs: [run, resumed]};
  }

  for (const move of [0.1, 0.7]) {
    const rounded = Math.fround(move);
    it(`goes on, saved, with the drift ${rounded}, where ${move} would decide otherwise`, async () => {
      const drift = (move + rounded) / 2;
      const decoders = {objective: 'autoencoder', warmupSteps: 1, every: 2, drift} as const;
      const {layer, model, runs} = await savedAfter(move, decoders);
      const before = kernelOf(layer);
      for (const run of runs) {
        const after = undone(model, () => {
          takeStep(run, decoders, model, {iteration: 2});
          return kernelOf(layer);
        });
        if (rounded > drift) expect(after).not.toEqual(before);
        else expect(after).toEqual(before);
      }
    });
  }

  it('notes, loaded, how far a layer moves before its decoder is of use again', async () => {
    const decoders = {objective: 'autoencoder', warmupSteps: 1, drift: 0.4} as const;
    const {layer, model, runs} = await savedAfter(0, decoders);
    const trained = layer.parameters().map((weight) => weight.read() as tf.Variable);
    const before = kernelOf(layer);
    const [uninterrupted, resumed] = runs.map((run) =>
      undone(model, () => {
        takeStep(run, decoders, model, {iteration: 2, trained, passed: movedBy(layer, 0.5)});
        takeStep(run, decoders, model, {iteration: 3});
        return kernelOf(layer);
      }),
    );
    expect(uninterrupted).not.toEqual(before);
    expect(resumed).toEqual(uninterrupted);
  });
});
