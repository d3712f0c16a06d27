import type {Point, RunRecord} from '../shared/run_record';
import {rounded, shown} from './numbers';

/**
 * A sentence on who is ahead: when the network with the lower loss first had the present loss of the other,
 * and when that one itself had; null before there is anything to say.
 */
export function headline({sides}: RunRecord): string | null {
  const [first, second] = sides.map(({points}) => points.at(-1));
  if (!first || !second || first.step === 0 || second.step === 0) return null;
  if (!(Number.isFinite(first.loss) && Number.isFinite(second.loss))) return null;
  const ahead = first.loss <= second.loss ? 0 : 1;
  const [winner, other] = [sides[ahead], sides[1 - ahead]];
  const end = other.points.at(-1) as Point;
  const [reached, took] = [winner, other].map(
    ({points}) => points.find(({loss}) => loss <= end.loss) as Point,
  );
  const when = ({epoch, seconds}: Point) => `${epochs(epoch)} and ${shown(seconds)} s`;
  return (
    `${winner.label} had reached ${other.label}’s present loss of ${shown(end.loss)} after ` +
    `${when(reached)}; ${other.label} took ${when(took)}.`
  );
}

function epochs(count: number): string {
  const text = rounded(count);
  return text === '1' ? '1 epoch' : `${text} epochs`;
}
