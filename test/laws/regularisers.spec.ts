import * as tf from '@tensorflow/tfjs';
import * as dtp from 'tfjs-dtp';
import {onEveryBackend} from '../support/backends';
import {expectTensorsClose} from '../support/expect_tensors';
import {
  identity,
  inverse,
  product,
  randomMatrix,
  scaled,
  sum,
  transposed,
} from '../support/float64';
import {lossOf, onCpu, variablesOf} from '../targets/pass';

const L2 = 0.07;
const INPUTS = 6;
const OUTPUTS = 3;

/** A step of which nothing is left out. */
const whole = {bounds: {together: null, decrease: null, shift: null, noise: null}} as const;

onEveryBackend('A regulariser beside targets', () => {
  for (const rows of [4, 30]) {
    it(`makes of one Gauss–Newton step ridge regression: ${rows} rows`, async () => {
      const [x, y] = [randomMatrix(rows, INPUTS, 1), randomMatrix(rows, OUTPUTS, 2)];
      const layer = dtp.layers.dense({
        units: OUTPUTS,
        inputShape: [INPUTS],
        useBias: false,
        kernelRegularizer: tf.regularizers.l2({l2: L2}),
      });
      const model = tf.sequential({layers: [layer]});
      // The inverse of the curvature of a mean over the outputs.
      const optimizer = new dtp.DTPOptimizer({
        ...whole,
        learningRate: OUTPUTS / 2,
        update: {damping: 0},
      });
      model.compile({optimizer, loss: 'meanSquaredError'});
      await model.trainOnBatch(tf.tensor2d(x), tf.tensor2d(y));
      // The minimum of Σ (x W − y)² / (rows · outputs) + l2 ‖W‖².
      const ridge = scaled(identity(INPUTS), rows * OUTPUTS * L2);
      const minimum = product(inverse(sum(product(transposed(x), x), ridge)), transposed(x), y);
      expectTensorsClose(layer.getWeights()[0], minimum, 1e-4);
    });
  }

  const l2 = () => tf.regularizers.l2({l2: L2});
  const l1 = () => tf.regularizers.l1({l1: L2});
  const {conv1d, conv2d, conv2dTranspose, dense, depthwiseConv2d, separableConv2d} = dtp.layers;
  const both = {
    kernelRegularizer: l1(),
    biasRegularizer: l2(),
    biasInitializer: 'randomNormal',
  } as const;
  interface Kind {
    inputShape: number[];
    layer: () => tf.layers.Layer;
    /** Each channel as long as the others, where each has a damping of its own. */
    isEven?: boolean;
  }
  const kinds: Record<string, Kind> = {
    dense: {inputShape: [5], layer: () => dense({units: 3, ...both})},
    'dense over places': {inputShape: [4, 5], layer: () => dense({units: 3, ...both})},
    conv1d: {inputShape: [7, 2], layer: () => conv1d({filters: 3, kernelSize: 3, ...both})},
    conv2d: {inputShape: [5, 4, 2], layer: () => conv2d({filters: 3, kernelSize: [3, 2], ...both})},
    conv2dTranspose: {
      inputShape: [3, 4, 2],
      layer: () => conv2dTranspose({filters: 3, kernelSize: [3, 2], strides: 2, ...both}),
    },
    depthwiseConv2d: {
      inputShape: [5, 4, 2],
      isEven: true,
      layer: () =>
        depthwiseConv2d({
          kernelSize: [3, 2],
          depthMultiplier: 2,
          depthwiseRegularizer: l1(),
          biasRegularizer: l2(),
          biasInitializer: 'randomNormal',
        }),
    },
    'separableConv2d, its last map': {
      inputShape: [5, 4, 2],
      layer: () =>
        separableConv2d({
          filters: 3,
          kernelSize: 2,
          decoder: false,
          depthwiseInitializer: 'ones',
          pointwiseRegularizer: l1(),
          biasRegularizer: l2(),
          biasInitializer: 'randomNormal',
        } as dtp.DTPSeparableConv2DArgs),
    },
  };
  for (const [kind, {inputShape, layer: build, isEven}] of Object.entries(kinds)) {
    it(`has a share as it has in the gradient of the sum, where damping leaves nothing but that: ${kind}`, () => {
      const layer = build();
      const model = tf.sequential({layers: [tf.layers.inputLayer({inputShape}), layer]});
      const [outputShape] = [layer.outputShape as number[]];
      const x = tf.randomNormal([4, ...inputShape], 0, 1, 'float32', 1);
      const [first] = tf.split(x, inputShape.at(-1) as number, -1);
      const batch = {
        x: isEven ? tf.concat([first, first.neg()], -1) : x,
        y: tf.randomNormal([4, ...outputShape.slice(1)], 0, 1, 'float32', 2),
      };
      // Without the depthwise kernel of a separable layer, to which a target comes by a decoder.
      const weights = variablesOf(model).slice(-2);
      const gradients = (loss: () => tf.Scalar) =>
        onCpu(() => Object.values(tf.variableGrads(loss, weights).grads));
      const descent = asVector(gradients(lossOf(model, batch))).neg();
      const ofRegularisers = asVector(gradients(() => tf.addN(layer.calculateLosses())));
      const before = weights.map((weight) => weight.clone());
      const optimizer = new dtp.DTPOptimizer({...whole, learningRate: 1e4, update: {damping: 1e6}});
      optimizer.minimize(lossOf(model, batch), false, weights);
      const change = asVector(weights.map((weight, i) => weight.sub(before[i])));
      const unit = (vector: tf.Tensor) => vector.div(vector.norm());
      expectTensorsClose(unit(change), unit(descent), 2e-3);
      // Both have a say.
      const share = ofRegularisers.norm().div(descent.norm()).dataSync()[0];
      expect(share).toBeGreaterThan(0.02);
      expect(share).toBeLessThan(1);
    });
  }
});

function asVector(tensors: tf.Tensor[]): tf.Tensor1D {
  return tf.concat1d(tensors.map((tensor) => tensor.as1D()));
}
