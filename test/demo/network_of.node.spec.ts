import * as tf from '@tensorflow/tfjs';
import {networkOf, weightsOf} from '../../examples/browser/session/network_of';
import {defaultSettings, type Settings} from '../../examples/browser/shared/settings';
import {disposeRun, startRun} from '../../examples/compare/run';
import {InputError} from '../../examples/input_error';

const images = {features: 64, classes: 10, rows: 8, columns: 8};
const settingsOf = (changes: Partial<Settings>): Settings => ({...defaultSettings, ...changes});

describe('The network that settings ask for', () => {
  for (const decoder of ['linear', 'mirror', 'mlp'] as const) {
    for (const network of ['mlp', 'deep', 'conv'] as const) {
      it(`is counted with its decoders as it is built: ${network}, decoder ${decoder}`, () => {
        const settings = settingsOf({network, decoder, hidden: [7, 12, 5]});
        const asked = networkOf(settings, images);
        const plan = {network: asked, dtp: {}, epochs: 1, stepsPerEpoch: 1};
        const run = startRun({...plan, decoder: {architecture: decoder}}, 'dtp', 1, 1);
        const built = run.model.layers
          .filter((layer) => layer.getClassName() === 'DTPDense')
          .flatMap(({weights}) => weights)
          // What the learning of a decoder remembers is no weight of it.
          .filter(({name}) => !/decoder_(mobility|direction)/.test(name))
          .reduce((total, {shape}) => total + tf.util.sizeFromShape(shape as number[]), 0);
        expect(weightsOf(asked, decoder)).toBe(built);
        disposeRun(run);
      });
    }
  }

  it('is refused before it is built where it has more weights than a tab should hold', () => {
    const ask = (hidden: number[], decoder: Settings['decoder'] = 'linear') =>
      networkOf(settingsOf({hidden, decoder}), images);
    expect(() => ask([20_000, 20_000])).toThrowError(
      InputError,
      'Hidden units: the network has 802 million weights with its decoders, expected at most ' +
        '10 million. Give fewer units.',
    );
    expect(() => ask([1e15, 1e15])).toThrowError(InputError, /Give fewer units/);
    // The decoders count: alone the network would have 6 million.
    expect(() => ask([2400, 2400])).toThrowError(InputError, /has 11\.7 million weights/);
    expect(ask([2000, 2000]).sizes).toEqual([64, 2000, 2000, 10]);
    expect(() => ask([2000, 2000], 'mlp')).toThrowError(InputError, /has 16\.2 million weights/);
  });
});
