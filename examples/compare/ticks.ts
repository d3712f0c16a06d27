/** A logarithmic axis: its ends, and where it is labelled. */
export interface Ticks {
  min: number;
  max: number;
  values: number[];
}

/**
 * Ticks at round numbers for the positive ones of the values on a logarithmic axis; its ends are
 * ticks, too.
 *
 * Over many decades they are 1, 10, 100, ...; over few also 3 or 2 and 5 times these; within one
 * decade a round number apart, so that even a narrow range shows values.
 */
export function logTicks(values: number[]): Ticks {
  const positive = values.filter((value) => Number.isFinite(value) && value > 0);
  if (positive.length === 0) return {min: 0.1, max: 1, values: [0.1, 1]};
  // Long runs have more values than a call may have arguments.
  const low = positive.reduce((a, b) => Math.min(a, b));
  const high = positive.reduce((a, b) => Math.max(a, b));
  const decades = Math.log10(high / low);
  const candidates = decades < 0.7 ? evenTicks(low, high) : decadeTicks(low, high, decades);
  const min = Math.max(...candidates.filter((tick) => tick <= low));
  const max = Math.min(...candidates.filter((tick) => tick >= high && tick > min));
  return {min, max, values: candidates.filter((tick) => tick >= min && tick <= max)};
}

/** The same digits in every decade from below `low` to above `high`. */
function decadeTicks(low: number, high: number, decades: number): number[] {
  const digits = decades > 4 ? [1] : decades > 2 ? [1, 3] : [1, 2, 5];
  return range(Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))).flatMap((power) =>
    digits.map((digit) => scaled(digit, power)),
  );
}

/** Multiples of 1, 2 or 5 in a decimal place, about seven of them from below `low` to above `high`. */
function evenTicks(low: number, high: number): number[] {
  const step = (high - low || low) / 7;
  const power = Math.floor(Math.log10(step));
  const digit = [1, 2, 5, 10].find((digit) => scaled(digit, power) >= step) ?? 10;
  const unit = scaled(digit, power);
  return range(Math.floor(low / unit) - 1, Math.ceil(high / unit) + 1)
    .map((multiple) => scaled(multiple * digit, power))
    .filter((tick) => tick > 0);
}

function range(first: number, last: number): number[] {
  return Array.from({length: last - first + 1}, (_, index) => first + index);
}

/** digit × 10^power by way of its decimal text, as 3 * 10 ** -3 is 0.0030000000000000005 or so. */
function scaled(digit: number, power: number): number {
  return Number(`${digit}e${power}`);
}
