import * as tf from '@tensorflow/tfjs';
import {show} from '../../src/messages/show';

describe('show', () => {
  const circle: {self?: object} = {};
  circle.self = circle;
  const shown: Array<[value: unknown, text: string]> = [
    ['one', "'one'"],
    [Number.NaN, 'NaN'],
    [null, 'null'],
    [undefined, 'undefined'],
    [12n, '12'],
    [Symbol('s'), 'Symbol(s)'],
    [() => 1, 'a function'],
    [[1, 'two', [3n]], "[1, 'two', [3]]"],
    [{a: 1, b: {c: null}}, '{a: 1, b: {c: null}}'],
    [Object.create(null), '{}'],
    [new Map(), 'an instance of Map'],
    [tf.layers.dense({units: 1}), 'an instance of Dense'],
    [circle, '{self: {self: {self: {…}}}}'],
    [[[[[1]]]], '[[[[…]]]]'],
    [Array(2000).fill(1), `[${Array(12).fill(1).join(', ')}, …]`],
    ['x'.repeat(1000), `'${'x'.repeat(200)}…'`],
    [new (class {})(), 'an object'],
    [Object.create(Object.create(Object.create(null))), 'an object'],
  ];
  for (const [value, text] of shown) {
    it(`writes ${text}`, () => expect(show(value)).toBe(text));
  }

  it('names an optimizer as TensorFlow.js does', () => {
    const optimizer = tf.train.sgd(1);
    expect(show({optimizer})).toBe('{optimizer: an instance of SGD}');
    optimizer.dispose();
  });
});
