import {timeToLoss} from '../../bench/time_to_loss';

describe('The time to a loss', () => {
  const halving = [0, 1, 2, 3].map((seconds) => ({loss: 8 * 0.5 ** seconds, seconds}));

  it('is exact at all times where the loss falls by the same factor in the same time', () => {
    for (const seconds of [0, 0.25, 1, 1.5, 2.9, 3]) {
      expect(timeToLoss(halving, 8 * 0.5 ** seconds)).toBeCloseTo(seconds, 10);
    }
  });

  it('is that of the first passage, though the loss may rise again', () => {
    const rising = [...halving, {loss: 16, seconds: 4}, {loss: 0.1, seconds: 5}];
    expect(timeToLoss(rising, 2)).toBeCloseTo(2, 10);
  });

  it('is infinite for a loss that was not reached, and where the loss is no number', () => {
    expect(timeToLoss(halving, 0.5)).toBe(Number.POSITIVE_INFINITY);
    expect(timeToLoss([{loss: Number.NaN, seconds: 0}], 1)).toBe(Number.POSITIVE_INFINITY);
  });

  it('scales with the clock', () => {
    const slower = halving.map(({loss, seconds}) => ({loss, seconds: 3 * seconds}));
    expect(timeToLoss(slower, 3)).toBeCloseTo(3 * timeToLoss(halving, 3), 10);
  });
});
