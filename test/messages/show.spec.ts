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
    [new Map(), 'a Map'],
    [tf.layers.dense({units: 1}), 'a Dense'],
    [circle, '{self: {self: {self: {…}}}}'],
    [[[[[1]]]], '[[[[…]]]]'],
  ];
  for (const [value, text] of shown) {
    it(`writes ${text}`, () => expect(show(value)).toBe(text));
  }

  it('names an optimizer as TensorFlow.js does', () => {
    const optimizer = tf.train.sgd(1);
    expect(show({optimizer})).toBe('{optimizer: a SGD}');
    optimizer.dispose();
  });
});
