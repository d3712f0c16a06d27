import type {EpochResult} from '../examples/compare/run';

/**
 * When a training first reached a loss, in seconds.
 *
 * Between two epochs the logarithm of the loss is taken to fall evenly in time.
 *
 * @param curve From epoch 0 on.
 * @returns Infinity if it never did.
 */
export function timeToLoss(curve: Pick<EpochResult, 'loss' | 'seconds'>[], target: number): number {
  const reached = curve.findIndex(({loss}) => loss <= target);
  if (reached === -1) return Number.POSITIVE_INFINITY;
  if (reached === 0) return curve[0].seconds;
  const [before, after] = [curve[reached - 1], curve[reached]];
  const part = Math.log(before.loss / target) / Math.log(before.loss / after.loss);
  return before.seconds + part * (after.seconds - before.seconds);
}
