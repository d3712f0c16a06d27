import * as tf from '@tensorflow/tfjs';
import {mirror} from '../../src/decoders/architectures/mirror';
import type {DecoderBatch} from '../../src/decoders/index';
import {nonlinearityOf} from '../../src/decoders/nonlinearity';
import {perturbation} from '../../src/decoders/perturbation';
import {onEveryBackend} from '../support/backends';
import {expectTensorsClose} from '../support/expect_tensors';
import {
  diagonal,
  identity,
  inverse,
  type Matrix,
  norm,
  product,
  randomMatrix,
  scaled,
  spectralRadius,
  sum,
  trace,
  transposed,
} from '../support/float64';
import {decode, type LinearLayer, learned, linearLayer} from './linear_layer';

const shapes = {
  'as wide as its input': {inputs: 4, outputs: 4, mobility: [1, 1, 1, 1]},
  widening: {inputs: 3, outputs: 6, mobility: [1, 0.2, 0.7]},
  narrowing: {inputs: 6, outputs: 3, mobility: [1, 0.1, 0.5, 0.9, 0.2, 0.3]},
};

onEveryBackend('perturbation', (backend) => {
  for (const [shape, sizes] of Object.entries(shapes)) {
    describe(`for a layer ${shape}`, () => {
      it('converges to the damped inverse c (WᵀCW + μI)⁻¹ Wᵀ', () => {
        const layer = linearLayer(sizes);
        const {kernel} = learned(perturbation, layer, {steps: 80});

        expectTensorsClose(kernel, optimum(layer, 1), 1e-4);
      });

      it('has a loss, over random perturbations, of the least value c² tr(C⁻¹) − c tr(W G)', () => {
        const layer = linearLayer(sizes);
        const {kernel} = learned(perturbation, layer, {steps: 80});
        const {encoder, c, mean} = constants(layer, 1);
        const least =
          mean ** 2 * trace(inverse(c)) - mean * trace(product(encoder, optimum(layer, 1)));

        // The standard error of the estimate is below 2 %.
        const estimate = sampledLoss(layer, kernel.arraySync(), 5000);
        expect(Math.abs(estimate / least - 1)).toBeLessThan(0.05);
      });

      it('steps by −rate / (2 top) of the gradient of tr(Gᵀ(WᵀCW + μI)G) − 2 c tr(WG)', () => {
        const layer = linearLayer(sizes);
        const {encoder, mean, damped} = constants(layer, 1);
        const wanted = tf.tensor2d(scaled(transposed(encoder), mean));
        const loss = (g: tf.Tensor) => {
          const quadratic = g.mul(tf.tensor2d(damped).matMul(g)).sum();
          return quadratic.sub(wanted.mul(g).sum().mul(2)) as tf.Scalar;
        };
        const {kernel: before} = layer.state;
        const expected = tf
          .grad(loss)(before)
          .mul(-0.7 / (2 * spectralRadius(damped)));

        // The eigenvector of top is found first: it does not depend on the kernel.
        const {direction} = learned(perturbation, layer, {steps: 50});
        const state = {...layer.state, mobility: layer.batch.mobility, direction};
        const step = {steps: 1, fresh: false, learningRate: 0.7};
        const {kernel} = learned(perturbation, {...layer, state}, step);
        expectTensorsClose(kernel.sub(before), expected, 1e-4);
      });

      it('makes the mean reconstruction error of the batch zero', () => {
        const layer = linearLayer(sizes);
        const {input, output} = layer.batch;
        const decoder = learned(perturbation, layer, {steps: 1});

        expectTensorsClose(decode(decoder, output).mean(0), input.mean(0), 1e-5);
      });
    });
  }

  for (const damping of [0.3, 10]) {
    it(`takes its noise μ from the damping: ${damping}`, () => {
      const layer = linearLayer(shapes.widening);
      const {kernel} = learned(perturbation, layer, {steps: 200, damping});

      expectTensorsClose(kernel, optimum(layer, damping), 1e-4);
    });
  }

  for (const learningRate of [0.5, 1.9]) {
    it(`converges at any rate below 2: ${learningRate}`, () => {
      const layer = linearLayer(shapes.narrowing);
      const {kernel} = learned(perturbation, layer, {steps: 160, learningRate});

      expectTensorsClose(kernel, optimum(layer, 1), 1e-4);
    });
  }

  it('only gets ready in no steps: the kernel stays, and the bias follows it', () => {
    const layer = linearLayer(shapes.widening);
    const {kernel, bias, mobility, direction} = learned(perturbation, layer, {steps: 0});
    const {input, output} = layer.batch;

    expectTensorsClose(kernel, layer.state.kernel, 0);
    expectTensorsClose(bias, input.sub(output.matMul(kernel)).mean(0), 1e-5);
    expectTensorsClose(mobility, layer.batch.mobility, 0);
    expect(direction.norm().dataSync()[0]).toBeGreaterThan(0);
  });

  it('converges to it for the mirror of a linear layer, too, which is an affine map', () => {
    const {batch, ...layer} = linearLayer(shapes.narrowing);
    const linear = {apply: (h: tf.Tensor) => h, getClassName: () => 'linear'};
    const nonlinearities = [mirror.first(nonlinearityOf(linear))];
    const {kernel} = learned(
      perturbation,
      {...layer, batch: {...batch, nonlinearities}},
      {steps: 80},
    );

    expectTensorsClose(kernel, optimum({...layer, batch}, 1), 1e-4);
  });

  it('takes the mobility of its first batch, and a tenth of each later one', () => {
    const layer = linearLayer(shapes.widening);
    const later = learned(perturbation, layer, {fresh: false});

    expectTensorsClose(learned(perturbation, layer, {}).mobility, [1, 0.2, 0.7], 1e-6);
    expectTensorsClose(later.mobility, [1, 1 - 0.1 * (1 - 0.2), 1 - 0.1 * (1 - 0.7)], 1e-6);
  });

  it('takes no more of many steps than change it, where it can look', () => {
    const roots = spyOn(tf.Tensor.prototype, 'sqrt').and.callThrough();
    learned(perturbation, linearLayer(shapes.narrowing), {steps: 100, damping: 32});

    // The power method takes two in a step.
    const taken = roots.calls.count() / 2;
    if (['cpu', 'wasm'].includes(backend)) expect(taken).toBeLessThan(20);
    else expect(taken).toBe(100);
  });

  it('learns the same from the same seed, and starts elsewhere from another', () => {
    const layer = linearLayer(shapes.widening);
    const [first, same, other] = [0, 0, 1].map((seed) => learned(perturbation, layer, {seed}));

    expectTensorsClose(same.kernel, first.kernel, 0);
    expectTensorsClose(same.direction, first.direction, 0);
    expect(other.direction.sub(first.direction).norm().dataSync()[0]).toBeGreaterThan(1e-3);
  });

  for (const [what, ofNothing] of Object.entries({
    'inputs that cannot move': (batch: DecoderBatch) => ({mobility: tf.zerosLike(batch.mobility)}),
    'weights of zero': (batch: DecoderBatch) => ({encoder: tf.zerosLike(batch.encoder)}),
  })) {
    it(`learns after it has seen only ${what}, from which there is nothing to learn`, () => {
      const layer = linearLayer(shapes.widening);
      const batch = {...layer.batch, ...ofNothing(layer.batch)};
      const state = learned(perturbation, {...layer, batch}, {steps: 5});
      expectTensorsClose(state.kernel, layer.state.kernel, 0);

      const {kernel} = learned(perturbation, {...layer, state}, {steps: 100, fresh: false});
      expectTensorsClose(kernel, optimum(layer, 1), 1e-4);
    });
  }
});

/** W, C, the mean c of its diagonal, and WᵀCW + μI with μ = damping · mean diag WᵀCW. */
function constants({encoder, batch}: LinearLayer, damping: number) {
  const c = diagonal([...batch.mobility.dataSync()]);
  const covariance = product(transposed(encoder), c, encoder);
  const noise = (damping * trace(covariance)) / covariance.length;
  const mean = trace(c) / c.length;
  return {
    encoder,
    c,
    mean,
    noise,
    damped: sum(covariance, scaled(identity(covariance.length), noise)),
  };
}

/** c (WᵀCW + μI)⁻¹ Wᵀ. */
function optimum(layer: LinearLayer, damping: number): Matrix {
  const {encoder, mean, damped} = constants(layer, damping);
  return scaled(product(inverse(damped), transposed(encoder)), mean);
}

/** The mean of ‖c C⁻¹ ξ − (ξW + ν)G‖² over samples ξ ~ N(0, C), ν ~ N(0, μI), with damping 1. */
function sampledLoss(layer: LinearLayer, g: Matrix, samples: number): number {
  const {encoder, c, mean, noise} = constants(layer, 1);
  const xi = product(randomMatrix(samples, c.length, 11), root(c));
  const nu = scaled(randomMatrix(samples, g.length, 12), Math.sqrt(noise));
  const reconstruction = product(sum(product(xi, encoder), nu), g);
  const wanted = scaled(product(xi, inverse(c)), mean);
  return norm(sum(wanted, scaled(reconstruction, -1))) ** 2 / samples;
}

/** The root of each entry: of a diagonal matrix its square root. */
function root(c: Matrix): Matrix {
  return c.map((row) => row.map(Math.sqrt));
}
