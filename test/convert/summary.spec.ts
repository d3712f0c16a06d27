import * as tf from '@tensorflow/tfjs';
import * as dtp from 'tfjs-dtp';
import {models, stock} from '../support/models';

function linesOf(model: tf.LayersModel, lineLength?: number, positions?: number[]): string[] {
  const lines: string[] = [];
  dtp.summary(model, lineLength, positions, (line) => lines.push(line));
  return lines;
}

/** The line of a layer, with single spaces. */
function lineOf(model: tf.LayersModel, layer: string): string {
  const line = linesOf(model).find((each) => each.trim().startsWith(`${layer} (`)) ?? '';
  return line.replace(/ +/g, ' ');
}

function example(): tf.LayersModel {
  const input = tf.input({shape: [3, 2]});
  const read = tf.layers.simpleRNN({units: 4, name: 'rnn'}).apply(input) as tf.SymbolicTensor;
  const skip = tf.layers.dense({units: 4, name: 'skip'}).apply(read) as tf.SymbolicTensor;
  const sum = tf.layers.add({name: 'sum'}).apply([read, skip]) as tf.SymbolicTensor;
  const head = tf.sequential({
    name: 'head',
    layers: [tf.layers.dense({units: 2, name: 'last', inputShape: [4], trainable: false})],
  });
  return tf.model({inputs: input, outputs: head.apply(sum) as tf.SymbolicTensor});
}

describe('dtp.summary', () => {
  it('says of every layer what trains it, and why', () => {
    const model = dtp.convert(example(), {decoders: {skip: {architecture: 'mirror'}}});
    expect(lineOf(model, 'rnn')).toBe('rnn (SimpleRNN) 28 0 ordinary gradients; no paired class');
    expect(lineOf(model, 'rnn_branch')).toContain('merges targets of 2 ways (measured)');
    expect(lineOf(model, 'skip')).toBe('skip (DTPDense) 20 28 targets; mirror decoder');
    expect(lineOf(model, 'sum')).toBe('sum (Add) 0 0 no weights');
    expect(lineOf(model, 'last')).toBe(' last (DTPDense) 10 18 nothing: frozen; linear decoder');
  });

  it('says why a layer has no decoder', () => {
    const first = tf.layers.dense({units: 3, inputShape: [4], name: 'first'});
    const second = tf.layers.dense({units: 2, name: 'second'});
    const stack = tf.sequential({layers: [first, second]});
    const model = dtp.convert(stack, {decoders: {second: false}});
    expect(lineOf(model, 'first')).toMatch(/targets; no decoder, only data below$/);
    expect(lineOf(model, 'second')).toMatch(/targets; no decoder$/);
  });

  it('says which decoder a separable convolution is left with above data', () => {
    const args = {filters: 2, kernelSize: 2, inputShape: [4, 4, 3], name: 'separable'};
    const stack = tf.sequential({layers: [tf.layers.separableConv2d(args)]});
    // Of V [2, 3], c [3], and as many that its learning remembers.
    expect(lineOf(dtp.convert(stack), 'separable')).toBe(
      'separable (DTPSeparableConv2D) 20 18 targets; pointwise decoder alone, only data below',
    );
  });

  it('says of a stock model what could be paired', () => {
    expect(lineOf(example(), 'skip')).toContain('ordinary gradients; dtp.convert can pair it');
  });

  it('knows that all of a frozen model is frozen', () => {
    const model = dtp.convert(example());
    model.trainable = false;
    expect(lineOf(model, 'skip')).toContain('nothing: frozen');
    expect(lineOf(model, 'rnn')).toContain('nothing: frozen');
  });

  for (const name of Object.keys(models)) {
    it(`accounts for every parameter: ${name}`, () => {
      const model = dtp.convert(stock(name));
      const [targets, gradients, rest, decoders] = linesOf(model)
        .filter((line) => /^Params/.test(line))
        .map((line) => Number(line.match(/: (\d+)/)?.[1]));
      const count = (weights: tf.LayerVariable[]) =>
        weights.reduce((sum, {shape}) => sum + tf.util.sizeFromShape(shape as number[]), 0);
      const isDecoder = ({originalName}: tf.LayerVariable) =>
        /decoder_/.test(originalName) && !/decoder_factor/.test(originalName);
      expect(targets + gradients + rest + decoders).toBe(count(model.weights));
      expect(decoders).toBe(count(model.weights.filter(isDecoder)));
    });
  }

  it('prints to the console where nothing else is given, as the summary of tfjs does', () => {
    const log = spyOn(console, 'log');
    dtp.summary(example());
    expect(log.calls.allArgs().flat()).toEqual(linesOf(example()));
  });

  it('keeps to the length of a line and the ends of columns, as parts or in characters', () => {
    const [parts, characters] = [
      linesOf(example(), 60, [0.5, 0.65, 0.8, 1]),
      linesOf(example(), 60, [30, 39, 48, 60]),
    ];
    expect(parts).toEqual(characters);
    expect(Math.max(...parts.map((line) => line.length))).toBe(60);
    expect(parts.find((line) => /Trained/.test(line))?.indexOf('Params')).toBe(30);
  });
});
