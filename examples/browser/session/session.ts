import * as tf from '@tensorflow/tfjs';
import * as dtp from 'tfjs-dtp';
import {activations} from '../../compare/networks';
import {InputError} from '../../input_error';
import type {Calls, Message, SavedModel} from '../shared/protocol';
import type {Progress} from '../shared/run_record';
import {assertSettings} from '../shared/settings';
import {availableBackends, useBackend} from './backends';
import {readFiles} from './idx_files';
import {type ImageSet, imagesFor} from './images';
import {networkOf} from './network_of';
import {type Race, startRace} from './race';

/** What happens in the course of a run, but for answers. */
type News = Extract<Message, {kind: 'progress' | 'ended'}>;

/** At most so often the page gets news, in milliseconds. */
const NEWS_EVERY = 200;
/** So long the worker trains without listening, in milliseconds. */
const SLICE = 12;

/** The training of two networks, as the page controls it. */
export function createSession(tell: (news: News) => void): Calls {
  let files: ImageSet | null = null;
  let images: ImageSet | null = null;
  let race: Race | null = null;
  /** Which run it is; the page leaves out news of those before. */
  let number = 0;
  let training: Promise<void> | null = null;
  let isPauseWanted = false;

  const present = (): Race => {
    if (race !== null) return race;
    throw new InputError('There is no run yet. Reset to begin one.');
  };

  async function stop(): Promise<void> {
    isPauseWanted = true;
    await training;
  }

  /** Until something ends it. */
  async function train(entered: Race, epochs: number): Promise<void> {
    const end = (Math.floor(entered.epoch / epochs + 1e-9) + 1) * epochs;
    const reporter = reportTo((progress) => tell({kind: 'progress', run: number, progress}));
    let news: Omit<Extract<News, {kind: 'ended'}>, 'kind' | 'run'> = {reason: 'paused'};
    try {
      while (!isPauseWanted && news.reason === 'paused') {
        reporter.add(await entered.step());
        if (entered.over) news = {reason: 'failed'};
        else if (entered.epoch >= end) news = {reason: 'epochs'};
        await breathe();
      }
    } catch (error) {
      news = {reason: 'error', message: (error as Error).message};
    }
    reporter.flush();
    training = null;
    tell({kind: 'ended', run: number, ...news});
  }

  const defaults = new dtp.DTPOptimizer();
  return {
    offer: async () => ({
      backends: await availableBackends(),
      activations: [...activations],
      schemes: Object.keys(dtp.inversions),
      influences: Object.keys(dtp.influences),
      objectives: Object.keys(dtp.decoderObjectives),
      decoders: Object.keys(dtp.decoderArchitectures),
      // Its losses are sums over an output, for which the rate that is found is the least one.
      defaults: {...defaults.getConfig(), learningRate: defaults.learningRate},
    }),
    async readFiles(given) {
      files = await readFiles(given);
      const {name, train, test, rows, columns} = files;
      return {name, train: train.count, test: test.count, rows, columns};
    },
    async prepare(settings, drawings) {
      // Everything that can be wrong is tried before anything of the present run is given up.
      assertSettings(settings);
      const next = await imagesFor(settings, drawings, files);
      const network = networkOf(settings, next);
      new dtp.DTPOptimizer(settings.dtp).dispose();
      await stop();
      const before = tf.getBackend();
      await useBackend(settings.backend);
      let started: Race;
      try {
        started = startRace(settings, next, network);
      } catch (error) {
        if (before !== undefined) await tf.setBackend(before);
        throw error;
      }
      race?.dispose();
      race = started;
      images = next;
      number++;
      return {run: number, record: started.start};
    },
    async run() {
      if (training !== null) return;
      const entered = present();
      if (entered.over) return tell({kind: 'ended', run: number, reason: 'failed'});
      isPauseWanted = false;
      training = train(entered, entered.start.settings.epochs);
    },
    pause: stop,
    async step() {
      await stop();
      const entered = present();
      if (entered.over) return tell({kind: 'ended', run: number, reason: 'failed'});
      const progress = await entered.step();
      tell({kind: 'progress', run: number, progress});
    },
    classify: async (pixels) => present().classify(pixels),
    async testImage(index) {
      present();
      const {test, features} = images as ImageSet;
      const i = index % test.count;
      const pixels = Array.from(test.pixels.subarray(i * features, (i + 1) * features));
      return {pixels, label: test.labels[i]};
    },
    save: async (side) => save(present().stock(side)),
    memory: async () => {
      const {numTensors, numBytes} = tf.memory();
      return {tensors: numTensors, bytes: numBytes};
    },
  };
}

/** Gathers progress, and reports it when it is due. */
function reportTo(report: (progress: Progress) => void) {
  let gathered: Progress | null = null;
  let last = 0;
  const flush = () => {
    if (gathered === null) return;
    report(gathered);
    gathered = null;
    last = performance.now();
  };
  return {
    add(progress: Progress) {
      gathered = gathered === null ? progress : together(gathered, progress);
      if (performance.now() - last >= NEWS_EVERY) flush();
    },
    flush,
  };
}

function together(first: Progress, second: Progress): Progress {
  return {
    step: second.step,
    points: [0, 1].map((i) => [...first.points[i], ...second.points[i]]) as Progress['points'],
    failures: [0, 1].map((i) => first.failures[i] ?? second.failures[i]) as Progress['failures'],
    watched: [...first.watched, ...second.watched],
    reconstructions: second.reconstructions ?? first.reconstructions,
  };
}

let lastBreath = 0;

/** Lets messages in, now and then. */
async function breathe(): Promise<void> {
  if (performance.now() - lastBreath < SLICE) return;
  // A timer would wait for some milliseconds.
  const {port1, port2} = new MessageChannel();
  await new Promise((resolve) => {
    port1.onmessage = resolve;
    port2.postMessage(null);
  });
  port1.close();
  lastBreath = performance.now();
}

/** A model as the two files that TensorFlow.js loads. */
async function save(model: tf.LayersModel): Promise<SavedModel> {
  const weightsFile = 'model.weights.bin';
  let saved: SavedModel | null = null;
  await model.save(
    tf.io.withSaveHandler(async (artifacts) => {
      const {weightSpecs = [], weightData = new ArrayBuffer(0), ...rest} = artifacts;
      const weightsManifest = [{paths: [weightsFile], weights: weightSpecs}];
      saved = {
        topology: JSON.stringify({...rest, weightsManifest}),
        weights: tf.io.CompositeArrayBuffer.join(weightData),
        weightsFile,
      };
      return {modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(artifacts)};
    }),
  );
  model.dispose();
  return saved as unknown as SavedModel;
}
