import * as tf from '@tensorflow/tfjs';
import * as dtp from 'tfjs-dtp';
import {activations} from '../../src/activations/index';
import type {Affine, DecoderObjective} from '../../src/decoders/index';
import {learnDecoder} from '../../src/decoders/learn';
import type {LayerRecord} from '../../src/step/training_step';
import {type LinearLayer, learned, linearLayer} from '../decoders/linear_layer';
import {onEveryBackend} from '../support/backends';
import {expectTensorsClose} from '../support/expect_tensors';
import {
  diagonal,
  identity,
  inverse,
  type Matrix,
  product,
  randomMatrix,
  scaled,
  sum,
  trace,
  transposed,
} from '../support/float64';
import {tensorsLeftBy} from '../support/tensors_left';

const {autoencoder, perturbation, reverse, both} = dtp.decoderObjectives;
const sampledPerturbation = dtp.decoderObjectives['sampled-perturbation'];
const rules = Object.keys(dtp.decoderRules) as dtp.DecoderRule[];
const objectives = Object.keys(dtp.decoderObjectives) as dtp.DecoderObjectiveName[];
const architectures = Object.keys(dtp.decoderArchitectures) as dtp.DecoderArchitectureName[];

const shapes = {
  'as wide as its input': {inputs: 4, outputs: 4, mobility: [1, 0.2, 0.7, 0.5]},
  widening: {inputs: 3, outputs: 6, mobility: [1, 0.2, 0.7]},
  narrowing: {inputs: 6, outputs: 3, mobility: [1, 0.2, 0.7, 0.5, 0.3, 0.9]},
};

onEveryBackend('decoders of linear layers', () => {
  for (const [shape, sizes] of Object.entries(shapes)) {
    const {inputs, outputs} = sizes;
    for (const rule of rules) {
      // The delta rule takes the mean of what single rows want, and so many steps.
      const options = {rule, ridge: 1e-2, learningRate: 1.4, steps: rule === 'gram' ? 40 : 400};
      const identities = (objective: DecoderObjective) => {
        const layer = wellConditioned(linearLayer(sizes));
        const {kernel} = learned(objective, layer, options);
        const {encoder} = layer.batch;
        return {'W G': encoder.matMul(kernel), 'G W': kernel.matMul(encoder)};
      };

      if (outputs >= inputs) {
        it(`give inputs back, W G = I: autoencoder, ${rule}, ${shape}`, () => {
          expectTensorsClose(identities(autoencoder)['W G'], identity(inputs), 5e-3);
        });
      }
      if (outputs <= inputs) {
        it(`reach outputs, G W = I: reverse, ${rule}, ${shape}`, () => {
          expectTensorsClose(identities(reverse)['G W'], identity(outputs), 5e-3);
        });
      }
      it(`do what can be done of both, W G = I and G W = I: both, ${rule}, ${shape}`, () => {
        const products = identities(both);
        if (outputs >= inputs) expectTensorsClose(products['W G'], identity(inputs), 5e-3);
        if (outputs <= inputs) expectTensorsClose(products['G W'], identity(outputs), 5e-3);
      });

      // Of 1000 samples in each of about 1 / rate steps the standard error is 2 % to 5 %.
      it(`come by samples to c Wᵀ (W C Wᵀ + μI)⁻¹: perturbation, ${rule}, ${shape}`, () => {
        const layer = linearLayer({...sizes, rows: 1000});
        const sampling = {rule, learningRate: 0.2, steps: rule === 'gram' ? 60 : 600, seed: 3};
        const {kernel} = learned(sampledPerturbation, layer, sampling);
        expectTensorsClose(kernel, dampedInverse(layer), 0.08);
      });
    }

    it(`come in closed form to c Wᵀ (W C Wᵀ + μI)⁻¹: perturbation, ${shape}`, () => {
      const layer = linearLayer(sizes);
      expectTensorsClose(
        learned(perturbation, layer, {steps: 80}).kernel,
        dampedInverse(layer),
        1e-4,
      );
    });

    it(`come there through an optimizer, too: perturbation, ${shape}`, () => {
      const layer = linearLayer(sizes);
      let {kernel, bias}: Affine = layer.state;
      const descend: dtp.Descend = ([descent]) => {
        kernel = kernel.add(descent.kernel.mul(0.3));
        return [{kernel, bias}];
      };
      const result = learned(perturbation, layer, {steps: 200, descend});
      expectTensorsClose(result.kernel, dampedInverse(layer), 1e-4);
    });
  }

  it('hand an optimizer the gradient of half the mean squared error that autodiff has', () => {
    const layer = linearLayer(shapes.widening);
    const {input, output} = layer.batch;
    const loss = (kernel: tf.Tensor, bias: tf.Tensor) =>
      input
        .sub(output.matMul(kernel).add(bias))
        .square()
        .sum()
        .div(2 * 30) as tf.Scalar;
    const expected = tf.grads(loss)([layer.state.kernel, layer.state.bias]);

    learned(autoencoder, layer, {
      descend: (descent) => {
        expectTensorsClose(descent[0].kernel.neg(), expected[0], 1e-4);
        expectTensorsClose((descent[0].bias as tf.Tensor).neg(), expected[1], 1e-4);
        return [layer.state];
      },
    });
  });

  it('learn what stretches noise on the inputs, as ridge regression from noisy inputs does', () => {
    // All data in one point: without noise there would be nothing to learn.
    const layer = linearLayer({...shapes.widening, rows: 400});
    const point = tf.tile(tf.tensor2d([[1, -0.5, 2]]), [400, 1]);
    const output = point.matMul(layer.batch.encoder).add(layer.offset) as tf.Tensor2D;
    const batch = {...layer.batch, input: point as tf.Tensor2D, output};

    const options = {ridge: 1e-4, steps: 20, noise: {input: 0.5, output: 0}};
    const {kernel} = learned(autoencoder, {...layer, batch}, options);
    expectTensorsClose(layer.batch.encoder.matMul(kernel), identity(3), 1e-2);
  });
});

onEveryBackend('decoders of tanh layers', () => {
  for (const shape of ['widening', 'narrowing'] as const) {
    const sizes = shapes[shape];
    for (const architecture of architectures) {
      for (const objective of objectives) {
        for (const rule of [...rules, 'optimizer'] as const) {
          const what = `${architecture}, ${objective}, ${rule}, ${shape}`;

          it(`lower the loss that they learn, and leave no tensor behind: ${what}`, () => {
            const {layer, record} = tanhCall(architecture, sizes);
            const optimizer = rule === 'optimizer' ? tf.train.sgd(0.3) : null;
            const options = {
              rule: rule === 'optimizer' ? undefined : rule,
              damping: 1,
              ridge: 1,
              learningRate: 0.3,
              steps: 25,
              fresh: true,
              seed: 5,
            };
            const before = losses[objective](record);
            const left = tensorsLeftBy(() => {
              learnDecoder(layer, [record], objective, options, optimizer);
              return null;
            });
            expect(left).toBe(0);
            expect(losses[objective](record)).toBeLessThan(0.95 * before);
          });
        }
      }
    }
  }
});

/** The same with an encoder near the identity, so that few steps show where they lead. */
function wellConditioned(layer: LinearLayer): LinearLayer {
  const {encoder, input} = layer.batch;
  const near = tf.eye(...(encoder.shape as [number, number])).add(encoder.mul(0.2)) as tf.Tensor2D;
  const output = input.matMul(near).add(layer.offset) as tf.Tensor2D;
  return {...layer, batch: {...layer.batch, encoder: near, output}};
}

/** c (WᵀCW + μI)⁻¹ Wᵀ, c the mean of diag C and μ that of diag WᵀCW, in float64. */
function dampedInverse({encoder, batch}: LinearLayer): Matrix {
  const c = diagonal([...batch.mobility.dataSync()]);
  const covariance = product(transposed(encoder), c, encoder);
  const noise = scaled(identity(covariance.length), trace(covariance) / covariance.length);
  const damped = product(inverse(sum(covariance, noise)), transposed(encoder));
  return scaled(damped, trace(c) / c.length);
}

/** A tanh layer directly linked to a tanh layer below, called on 100 rows; its decoder knows nothing. */
function tanhCall(
  architecture: dtp.DecoderArchitectureName,
  {inputs, outputs}: {inputs: number; outputs: number},
) {
  const layer = dtp.layers.dense({units: outputs, activation: 'tanh', decoder: {architecture}});
  layer.build([null, inputs]);
  const kernel = scaled(randomMatrix(inputs, outputs, 1), 1 / Math.sqrt(inputs));
  const [, bias, ...decoder] = layer.getWeights();
  layer.setWeights([
    tf.tensor2d(kernel),
    bias,
    ...decoder.map((weight, k) =>
      architecture === 'mlp' && k === 0
        ? tf.tensor2d(scaled(randomMatrix(weight.shape[0], weight.shape[1] as number, 2), 0.5))
        : weight,
    ),
  ]);
  const h = tf.tensor2d(randomMatrix(100, inputs, 3));
  const record = {
    layer,
    input: h.tanh(),
    output: layer.preActivation(h.tanh()),
    below: {
      activation: activations.tanh,
      preActivation: h,
      slope: () => activations.tanh.derivative(h, h.tanh()),
    },
  } as unknown as LayerRecord;
  return {layer, record};
}

/** What each objective is to lower, on a directly linked call. */
const losses: Record<dtp.DecoderObjectiveName, (record: LayerRecord) => number> = {
  autoencoder: (record) => {
    const {point, decode} = inItsOwnTerms(record);
    return meanSquare(decode(record.output).sub(point));
  },
  reverse: (record) => {
    const {encode, decode} = inItsOwnTerms(record);
    return meanSquare(encode(decode(record.output)).sub(record.output));
  },
  both: (record) => losses.autoencoder(record) + losses.reverse(record),
  perturbation: (record) => {
    const {point, encode, decode, mobility} = inItsOwnTerms(record);
    const h = record.output;
    const [rows, outputs] = h.shape as [number, number];
    const normal = (columns: number, seed: number) =>
      tf.tensor2d(randomMatrix(rows, columns, seed));
    const xi = normal(point.shape[1] as number, 6).mul(mobility.sqrt());
    // μ, the mean over outputs of what C makes of them.
    const variance = record.layer
      .matrix()
      .square()
      .mul(slopeVariance(record).expandDims(1))
      .sum(0)
      .mean();
    const moved = encode(point.add(xi)).add(normal(outputs, 7).mul(variance.sqrt()));
    // Where units hardly move, what is wanted of them counts less.
    const share = mobility.div(mobility.mean());
    const error = xi.div(share).sub(decode(moved).sub(decode(h)));
    return meanSquare(error.mul(share.minimum(1).sqrt()));
  },
  'sampled-perturbation': (record) => losses.perturbation(record),
};

/** f and g between the output and what the decoder reconstructs: x, or h_{l−1} of a mirror. */
function inItsOwnTerms(record: LayerRecord) {
  const {layer, input} = record;
  const h = record.below?.preActivation as tf.Tensor;
  const decode = (output: tf.Tensor) => layer.decode(output, input.shape);
  return layer.decoder?.reconstructs === 'preActivation'
    ? {
        point: h,
        encode: (at: tf.Tensor) => layer.preActivation(at.tanh()),
        decode,
        mobility: tf.onesLike(slopeVariance(record)),
      }
    : {
        point: input,
        encode: (at: tf.Tensor) => layer.preActivation(at),
        decode,
        mobility: slopeVariance(record),
      };
}

/** The mean of σ'(h_{l−1})² of each unit. */
function slopeVariance({input}: LayerRecord): tf.Tensor {
  return tf.sub(1, input.square()).square().mean(0);
}

function meanSquare(t: tf.Tensor): number {
  return t.square().mean().dataSync()[0];
}
