import * as tf from '@tensorflow/tfjs';
import * as dtp from 'tfjs-dtp';
import {activations} from '../../src/activations/index';
import {learnDecoder} from '../../src/decoders/learn';
import type {Decoder, PairedLayer} from '../../src/layers/paired_layer';
import type {LayerRecord} from '../../src/step/training_step';
import {onEveryBackend} from '../support/backends';
import {expectTensorsClose} from '../support/expect_tensors';
import {type Matrix, randomMatrix} from '../support/float64';

const INPUTS = 4;
const lesson = {damping: 1, ridge: 1e-3, learningRate: 1, steps: 1, fresh: true, seed: 1};

/** A layer with random weights, also of its last map. */
function layerWith(decoder: dtp.DecoderArgs, units = 3) {
  const layer = dtp.layers.dense({units, activation: 'tanh', decoder});
  layer.build([null, INPUTS]);
  layer.setWeights(
    layer.getWeights().map(({shape}, i) => tf.randomNormal(shape, 0, 0.5, 'float32', i + 1)),
  );
  return layer;
}

/** A call of a layer directly linked to what an activation makes of h below it; null for a stock layer. */
function callOf(layer: PairedLayer, h: tf.Tensor, below: 'tanh' | 'relu' | null): LayerRecord {
  const input = below === null ? h : h[below]();
  return {
    layer,
    input,
    output: layer.preActivation(input),
    below:
      below === null
        ? null
        : {
            activation: activations[below],
            preActivation: h,
            slope: () => activations[below].derivative(h, input),
          },
  } as unknown as LayerRecord;
}

/** The kernel of the decoder and its bias after a lesson from calls, which is undone. */
function taughtBy(layer: tf.layers.Layer, decoder: Decoder, calls: LayerRecord[]): tf.Tensor[] {
  const before = layer.getWeights().map((weight) => weight.clone());
  learnDecoder(calls[0].layer, calls, 'autoencoder', lesson);
  const after = [decoder.kernel, decoder.bias].map((weight) => weight.read().clone());
  layer.setWeights(before);
  return after;
}

onEveryBackend('learnDecoder', () => {
  const h = (seed: number, rows = 20) => tf.tensor2d(randomMatrix(rows, INPUTS, seed));

  it('writes what the objective returns into every map of the decoder', () => {
    const layer = layerWith({architecture: 'mlp', hidden: [5, 6]});
    const {hidden, ...last} = layer.decoder as Decoder;
    const maps = [...hidden, last];
    const returned = maps.map(({kernel, bias}, k) => ({
      kernel: tf.fill(kernel.shape as [number, number], k + 1) as tf.Tensor2D,
      bias: tf.fill(bias.shape as [number], -k) as tf.Tensor1D,
    }));
    spyOn(dtp.decoderObjectives, 'reverse').and.returnValue({
      hidden: returned.slice(0, -1),
      ...returned[2],
    });

    learnDecoder(layer, [callOf(layer, h(1), null)], 'reverse', lesson);
    for (const [k, {kernel, bias}] of maps.entries()) {
      expectTensorsClose(kernel.read(), returned[k].kernel, 0);
      expectTensorsClose(bias.read(), returned[k].bias, 0);
    }
  });

  const slopes = {
    tanh: (h: number) => 1 - Math.tanh(h) ** 2,
    relu: (h: number) => (h > 0 ? 1 : 0),
    'a stock layer': () => 1,
  };
  for (const [below, slope] of Object.entries(slopes)) {
    it(`takes the mean of σ'(h_{l−1})² for the mobility in a first lesson: above ${below}`, () => {
      const layer = layerWith({});
      const link = below === 'a stock layer' ? null : (below as 'tanh');
      learnDecoder(layer, [callOf(layer, h(1), link)], 'perturbation', lesson);

      const squares = (h(1).arraySync() as Matrix).map((row) => row.map((h) => slope(h) ** 2));
      const mobility = tf.tensor2d(squares).mean(0);
      expectTensorsClose((layer.decoder as Decoder).mobility.read(), mobility, 1e-5);
    });
  }

  it('teaches a mirror to reconstruct h_{l−1}, up to what is orthogonal to σ(h_l)', () => {
    const layer = layerWith({architecture: 'mirror'});
    const call = callOf(layer, h(1, 60), 'tanh');
    learnDecoder(layer, [call], 'autoencoder', {...lesson, steps: 30});

    // What is left of a least-squares fit is orthogonal to what it was made from.
    const error = h(1, 60).sub(layer.decode(call.output)) as tf.Tensor2D;
    const fed = call.output.tanh().concat(tf.ones([60, 1]), 1);
    expect(fed.matMul(error, true).norm().div(error.norm()).dataSync()[0]).toBeLessThan(1e-3);
  });

  it('learns from those calls that ask for the reconstruction that the first asks for', () => {
    const layer = layerWith({architecture: 'mirror'});
    const [first, other, third] = (['tanh', 'relu', 'tanh'] as const).map((below, i) =>
      callOf(layer, h(i + 1), below),
    );
    const taught = (...calls: LayerRecord[]) => taughtBy(layer, layer.decoder as Decoder, calls);
    for (const [i, weight] of taught(first, other, third).entries()) {
      expectTensorsClose(weight, taught(first, third)[i], 1e-5);
      expect(weight.sub(taught(first)[i]).norm().dataSync()[0]).toBeGreaterThan(1e-3);
    }
  });

  it('learns from those calls whose images are as large as those of the first', () => {
    const kernelInitializer = tf.initializers.randomNormal({stddev: 0.5, seed: 1});
    const layer = dtp.layers.conv2d({
      filters: 3,
      kernelSize: 2,
      padding: 'same',
      kernelInitializer,
    });
    layer.build([null, null, null, 2]);
    const [map] = layer.maps;
    const [first, other, third] = [4, 5, 4].map((size, i) =>
      callOf(map, tf.randomNormal([6, size, size, 2], 0, 1, 'float32', i + 1), null),
    );
    const taught = (...calls: LayerRecord[]) => taughtBy(layer, map.decoder as Decoder, calls);
    for (const [i, weight] of taught(first, other, third).entries()) {
      expectTensorsClose(weight, taught(first, third)[i], 1e-5);
      expect(weight.sub(taught(first)[i]).norm().dataSync()[0]).toBeGreaterThan(1e-3);
    }
  });
});
