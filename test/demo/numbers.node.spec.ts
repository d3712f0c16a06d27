import {percent, shown} from '../../examples/browser/page/numbers';
import {classOf, spokenOf} from '../../examples/browser/page/verdicts';

describe('A number on the page', () => {
  it('has three digits, or two and its power of ten, of what it is', () => {
    for (let power = -8; power < 8; power++) {
      for (const digits of [1, -1.23456, 4.999, 9.996]) {
        const value = digits * 10 ** power;
        const isPlain = Math.abs(value) >= 1e-3 && Math.abs(value) < 1e5;
        const error = Math.abs(Number(shown(value)) / value - 1);
        expect(error).toBeLessThanOrEqual(isPlain ? 0.005 : 0.05);
        expect(shown(value).includes('e')).toBe(!isPlain);
      }
    }
    expect(shown(0)).toBe('0');
  });

  it('is a dash where there is none', () => {
    for (const none of [null, undefined, Number.NaN, Number.NEGATIVE_INFINITY]) {
      expect(shown(none)).toBe('–');
      expect(percent(none)).toBe('–');
    }
  });

  it('as a share is in percent', () => {
    expect([0, 0.5, 0.98765, 1].map(percent)).toEqual(['0.0 %', '50.0 %', '98.8 %', '100.0 %']);
  });
});

describe('What a network takes an image for', () => {
  it('is the most probable class, the first of several', () => {
    expect(classOf([0.1, 0.7, 0.2])).toBe(1);
    expect(classOf([0.4, 0.2, 0.4])).toBe(0);
    const order = [3, 0, 2, 1];
    const probabilities = [0.1, 0.2, 0.3, 0.4];
    const best = classOf(order.map((i) => probabilities[i]));
    expect(order[best as number]).toBe(3);
  });

  it('is nothing for who is not asked or has no numbers any more', () => {
    expect(classOf(null)).toBeNull();
    expect(classOf([Number.NaN, Number.NaN])).toBeNull();
    expect(spokenOf(['DTP', 'Adam'], [null, null])).toBe('');
  });

  it('is spoken with its name', () => {
    const labels = ['DTP', 'Adam'];
    expect(
      spokenOf(labels, [
        [0, 1],
        [1, 0],
      ]),
    ).toBe('DTP says 1, Adam says 0.');
    expect(spokenOf(labels, [null, [0, 1]])).toBe('Adam says 1.');
  });
});
