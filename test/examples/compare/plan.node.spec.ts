import type {MethodName} from '../../../examples/compare/methods';
import {parseOptions} from '../../../examples/compare/options';
import {type Plan, planFor} from '../../../examples/compare/plan';
import {loadDigits} from '../../../examples/data/digits';
import {InputError} from '../../../examples/input_error';

const data = loadDigits();

function plan(...options: string[]): Plan {
  return planFor(parseOptions(['node', 'compare', ...options]), data);
}

const names = ({entries, repeats}: Plan) => [...entries.map(({method}) => method), ...repeats];

describe('A plan', () => {
  it('has a layer for every size given, also for equal ones', () => {
    expect(plan('--layers', '12,12,7').network.sizes).toEqual([64, 12, 12, 7, 10]);
  });

  it('ends an autoencoder with as many units as an image has pixels', () => {
    expect(plan('--model', 'autoencoder', '--layers', '5').network.sizes).toEqual([64, 5, 64]);
  });

  it('counts a last mini-batch that is smaller', () => {
    expect(plan('--batch', '100').stepsPerEpoch).toBe(15);
  });

  it('leaves out of a convolutional network what stock wasm cannot differentiate', () => {
    const all: MethodName[] = ['dtp', 'bp', 'adam', 'sgd'];
    expect(names(plan('--model', 'conv'))).toEqual(all);
    expect(names(plan('--model', 'conv', '--backend', 'cpu'))).toEqual(all);
    expect(() => plan('--model', 'conv', '--methods', 'adam,adam-stock')).toThrowError(
      InputError,
      /--methods adam-stock: .*differentiate a convolution on the wasm backend\. Leave out adam-stock/,
    );
  });

  it('tries every rate once, in the order given', () => {
    const {entries} = plan('--methods', 'adam', '--rates', '1e-2,1e-3,0.01');
    expect(entries).toEqual([{method: 'adam', rates: [1e-2, 1e-3]}]);
  });

  it('tries the one rate of its configuration for DTP', () => {
    const {entries} = plan('--methods', 'dtp', '--dtp', 'learningRate=0.25');
    expect(entries).toEqual([{method: 'dtp', rates: [0.25]}]);
  });

  it('repeats Adam on stock kernels only where there are others', () => {
    expect(names(plan('--backend', 'wasm'))).toContain('adam-stock');
    expect(names(plan('--backend', 'cpu'))).not.toContain('adam-stock');
  });

  it('rejects a repetition on a backend without it, or of a method that is left out', () => {
    for (const options of [['adam,adam-stock', '--backend', 'cpu'], ['dtp,adam-stock']]) {
      expect(() => plan('--methods', ...options)).toThrowError(InputError, /^--methods adam-stock/);
    }
  });
});
