import * as tf from '@tensorflow/tfjs';
import * as dtp from 'tfjs-dtp';
import {architectures, data, stockAndPaired} from '../support/architectures';

describe('dtp.revert', () => {
  const classesOf = (model: tf.LayersModel): string[] =>
    model.layers.flatMap((layer) =>
      layer instanceof tf.LayersModel ? classesOf(layer) : layer.getClassName(),
    );

  for (const [name, architecture] of Object.entries(architectures)) {
    it(`makes of a model built with dtp.layers the one built with tf.layers: ${name}`, () => {
      const [stock, paired] = stockAndPaired(architecture);
      const reverted = dtp.revert(paired);
      expect(classesOf(reverted)).toEqual(classesOf(stock));
      const {x} = data(architecture, 4);
      const [actual, expected] = [reverted, stock].map((model) =>
        [model.predict(x)].flat().map((output) => Array.from(output.dataSync())),
      );
      expect(actual).toEqual(expected);
    });
  }

  it('copies a model that has nothing to revert', () => {
    const [stock] = stockAndPaired(architectures['nested model']);
    const copy = dtp.revert(stock);
    expect(copy).not.toBe(stock);
    expect(copy.toJSON()).toBe(stock.toJSON());
  });
});
