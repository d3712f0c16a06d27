import {newRecord, type Point, type RunRecord} from '../../examples/browser/shared/run_record';
import {defaultSettings} from '../../examples/browser/shared/settings';

/** A point at the end of an epoch of ten steps. */
export function pointAt(epoch: number, loss: number, seconds = epoch): Point {
  return {step: 10 * epoch, epoch, seconds, loss, accuracy: 1 / (1 + loss)};
}

/** A run of two networks that has these losses at the ends of its epochs. */
export function someRun(losses: [number[], number[]] = [[], []]): RunRecord {
  const points = losses.map((each) => each.map((loss, epoch) => pointAt(epoch, loss)));
  return newRecord({
    settings: defaultSettings,
    backend: 'wasm',
    network: '4-3-2 relu',
    parameters: 23,
    data: {name: 'some', train: 9, test: 3, rows: 2, columns: 2, classes: 2, note: null},
    stepsPerEpoch: 10,
    layers: [{label: '4 to 3, relu'}, {label: '3 to 2, softmax'}],
    sides: [
      {method: 'dtp', label: 'DTP', rate: 1, points: points[0], failure: null},
      {method: 'adam', label: 'Adam', rate: 0.01, points: points[1], failure: null},
    ],
    watched: [],
    reconstructions: null,
    irreversible: null,
  });
}
