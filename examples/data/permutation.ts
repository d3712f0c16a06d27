/**
 * A random order of 0, 1, ..., count − 1 that depends only on the seeds.
 *
 * Fisher–Yates: every order is equally likely, as far as 32 bits of randomness go.
 */
export function permutation(count: number, ...seeds: number[]): Int32Array {
  const order = Int32Array.from({length: count}, (_, index) => index);
  const random = randomNumbers(seeds.reduce(mix, 0));
  for (let last = count - 1; last > 0; last--) {
    const chosen = Math.floor(random() * (last + 1));
    [order[last], order[chosen]] = [order[chosen], order[last]];
  }
  return order;
}

/** Numbers in [0, 1): a Weyl sequence, each element scrambled (T. Ettinger's mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    return scramble(state) / 2 ** 32;
  };
}

function scramble(state: number): number {
  let bits = Math.imul(state ^ (state >>> 15), state | 1);
  bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
  return (bits ^ (bits >>> 14)) >>> 0;
}

/** One seed from two, such that (1, 2) and (2, 1) differ. */
function mix(first: number, second: number): number {
  return scramble(first + second);
}
