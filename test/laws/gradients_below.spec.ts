import * as tf from '@tensorflow/tfjs';
import * as dtp from 'tfjs-dtp';
import {resolveConfig} from '../../src/optimizer/resolve_config';
import {createStep, withStep} from '../../src/step/training_step';
import {propagate} from '../../src/targets/propagate';
import {onEveryBackend} from '../support/backends';
import {expectTensorsClose} from '../support/expect_tensors';
import {randomMatrix} from '../support/float64';
import {variablesOf} from '../targets/pass';
import {rotation, rounding, WIDTH} from './invertible_net';

type Symbolic = tf.SymbolicTensor;

/** x → a x Q, with c times the inverse as decoder: influence is what gradients are where J Jᵀ ∝ I. */
function paired(seed: number, gain: number, scale: number) {
  return (x: Symbolic): Symbolic => {
    const layer = dtp.layers.dense({units: WIDTH, useBias: false});
    const y = layer.apply(x) as Symbolic;
    const kernel = tf.tensor2d(rotation(seed)).mul(gain);
    layer.setWeights([kernel, ...layer.getWeights().slice(1)]);
    layer.decoder?.kernel.write(kernel.transpose().mul(scale / gain ** 2));
    return y;
  };
}

const first = paired(1, 2, 0.1);
const second = paired(2, 0.5, 3);
const third = paired(3, 3, 0.02);
/** A layer of tfjs, whose weights are trained by what arrives. */
const stock = (x: Symbolic) =>
  tf.layers
    .dense({units: WIDTH, kernelInitializer: tf.initializers.glorotNormal({seed: 4})})
    .apply(x) as Symbolic;
const added = (...arms: Symbolic[]) => tf.layers.add().apply(arms) as Symbolic;
const branched = (x: Symbolic, merge?: dtp.MergeName) =>
  dtp.layers.branch({branches: 2, merge}).apply(x);

const networks: Record<string, (x: Symbolic) => Symbolic | Symbolic[]> = {
  'below a chain': (x) => third(second(first(stock(x)))),
  'between layers': (x) => third(second(stock(first(x)))),
  'below a branch': (x) => {
    const [left, right] = branched(stock(x));
    return added(second(first(left)), third(right));
  },
  'below a branch of which an arm is an output': (x) => {
    const [left, right] = branched(stock(x));
    return [second(first(left)), right];
  },
  'below a branch on an arm': (x) => {
    const [left, right] = branched(first(stock(x)));
    const [inner, outer] = branched(second(left));
    return added(third(inner), outer, right);
  },
  'below a fan-out without a branch': (x) => {
    const y = stock(x);
    return added(second(first(y)), third(y));
  },
  'below a layer with a fan-out without a branch': (x) => {
    const y = first(stock(x));
    return added(second(y), third(y));
  },
  'below a layer that reaches the loss by itself, too': (x) => {
    const y = first(stock(x));
    return [y, third(second(y))];
  },
};

onEveryBackend('What comes down to layers that have no target, influence `measured`', () => {
  for (const [where, outputs] of Object.entries(networks)) {
    for (const scaled of [false, true]) {
      it(`is the gradient, through layers c Q with decoders of any size: ${where}${scaled ? ', scaled' : ''}`, () => {
        const input = tf.input({shape: [WIDTH]});
        const model = tf.model({inputs: input, outputs: outputs(input)});
        const x = tf.tensor2d(randomMatrix(4, WIDTH, 5));
        const loss = () => {
          const found = [model.apply(x)].flat() as tf.Tensor[];
          return tf.addN(found.map((y) => y.sub(1).square().sum(1).mean())) as tf.Scalar;
        };
        const ofStock = variablesOf(model).filter(({name}) => /^dense_/.test(name));
        const expected = tf.variableGrads(loss, ofStock).grads;

        const step = createStep(resolveConfig({scaled}), new Set(variablesOf(model)), () => {});
        withStep(step, () => {
          const {gradients} = propagate(step, loss);
          expect(ofStock.length).toBe(2);
          for (const {name} of ofStock) {
            expectTensorsClose(gradients[name] as tf.Tensor, expected[name], 10 * rounding());
          }
        });
      });
    }
  }
});
