import {loadDigits} from '../../../examples/data/digits';
import {withLabelNoise} from '../../../examples/data/label_noise';

describe('withLabelNoise', () => {
  const data = loadDigits();
  const {count, labels} = data.train;
  const changed = (noisy: Uint8Array) => noisy.filter((label, i) => label !== labels[i]).length;

  it('draws a part of the training labels anew: of these one in so many as there are classes is right', () => {
    const part = changed(withLabelNoise(data, 0.5).train.labels) / count;
    const expected = 0.5 * (1 - 1 / data.classes);
    // Three standard deviations of what is drawn.
    expect(Math.abs(part - expected)).toBeLessThan(3 * Math.sqrt((0.5 * 0.09) / count));
  });

  it('draws every class alike', () => {
    const {labels: drawn} = withLabelNoise(data, 1).train;
    for (let label = 0; label < data.classes; label++) {
      const share = drawn.filter((other) => other === label).length / count;
      expect(Math.abs(share - 1 / data.classes)).toBeLessThan(0.01);
    }
  });

  it('changes nothing without noise, nor the test, nor what it was given, and always the same labels', () => {
    const before = labels.slice();
    expect(withLabelNoise(data, 0)).toEqual(data);
    const noisy = withLabelNoise(data, 0.2);
    expect(noisy.test).toBe(data.test);
    expect(labels).toEqual(before);
    expect(withLabelNoise(data, 0.2)).toEqual(noisy);
  });
});
