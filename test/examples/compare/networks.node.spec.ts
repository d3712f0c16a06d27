import * as tf from '@tensorflow/tfjs';
import {type MethodName, methods} from '../../../examples/compare/methods';
import {build, describe as describeNetwork, networkFor} from '../../../examples/compare/networks';
import {loadDigits} from '../../../examples/data/digits';

const network = networkFor(loadDigits(), 'autoencoder', {hidden: [9, 5, 9]});
const convolutional = networkFor(loadDigits(), 'conv', {hidden: [7]});

/** The trainable weights: kernel and bias of every layer. */
function weights(method: MethodName, seed: number, of = network): number[][] {
  return tf.tidy(() => {
    const model = build(of, methods[method].layers, seed);
    const values = model.trainableWeights.map((weight) => [...weight.read().dataSync()]);
    model.dispose();
    return values;
  });
}

describe('A network of the comparison', () => {
  for (const method of Object.keys(methods) as MethodName[]) {
    it(`starts from the same weights for ${method} as for Adam`, () => {
      expect(weights(method, 2)).toEqual(weights('adam', 2));
      expect(weights(method, 2, convolutional)).toEqual(weights('adam', 2, convolutional));
    });
  }

  it('starts from other weights for another seed', () => {
    const [first, second] = [weights('dtp', 1), weights('dtp', 2)];
    for (const layer of [0, 2, 4, 6]) expect(first[layer]).not.toEqual(second[layer]);
  });

  it('is described by its sizes, equal ones counted', () => {
    expect(describeNetwork(network)).toBe('64-9-5-9-64 tanh');
    const deep = networkFor(loadDigits(), 'deep', {hidden: [7, 7, 7, 7], activation: 'relu'});
    expect(describeNetwork(deep)).toBe('64-4×7-10 relu');
    expect(describeNetwork(convolutional)).toBe('64-conv16-conv32-7-10 relu');
  });
});
