import {counted, percent, rounded, shown} from '../../examples/browser/page/numbers';
import {classOf, spokenOf} from '../../examples/browser/page/verdicts';

describe('A number on the page', () => {
  it('has three digits of what it is, whatever its size', () => {
    for (let power = -8; power < 8; power++) {
      for (const digits of [1, -1.23456, 4.999, 9.996]) {
        const value = digits * 10 ** power;
        const text = shown(value);
        expect(Math.abs(Number(text) / value - 1)).toBeLessThanOrEqual(0.005);
        const [mantissa] = text.replace(/^-?[0.]*/, '').split('e');
        const written = mantissa.replace('.', '').length;
        // Of a number without a point those before its last 0s count.
        if (text.includes('.')) expect(written).withContext(text).toBe(3);
        else expect(written).withContext(text).toBeGreaterThanOrEqual(3);
        const size = Math.abs(Number(text));
        expect(text.includes('e')).toBe(size < 1e-3 || size >= 1e5);
      }
    }
    expect(shown(0)).toBe('0');
  });

  it('is the same number where no 0s end it, on an axis', () => {
    for (const value of [0, 0.1, 0.12, 10, 20.5, 100, 1000, 2e-5, 1.2e-7, 5e6, -0.5]) {
      expect(Number(rounded(value))).toBe(value);
      expect(rounded(value)).not.toMatch(/\.\d*0(e|$)/);
    }
  });

  it('is followed by its name, of one or of several', () => {
    expect([0, 1, 2, 2000].map((count) => counted(count, 'image'))).toEqual([
      '0 images',
      '1 image',
      '2 images',
      '2,000 images',
    ]);
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
