/** Which specs a suite runs, and in which order. */
export interface Selection {
  /** The same seed gives the same random order. */
  seed: string;
  /** A regular expression; only specs whose full name it matches are run. @defaultValue all */
  filter?: string;
}

/** What became of a suite's specs; a failure outside of any spec counts as one failed spec. */
export interface Tally {
  passed: number;
  failed: number;
  /** Marked to be skipped: `xit`, `pending()`. */
  skipped: number;
  /** Not selected: by the filter, or by another spec's `fit`. */
  excluded: number;
}

export const nothingRun: Readonly<Tally> = {passed: 0, failed: 0, skipped: 0, excluded: 0};

/** What the runner asked this process to run. */
export function receiveSelection(): Selection {
  return JSON.parse(process.argv[2]);
}

/** Tells the runner the result and ends this process, whatever timers and sockets are still open. */
export function handOver(tally: Tally): void {
  process.send?.(tally, () => process.exit());
}

/** Jasmine's settings, the same in every environment. */
export function jasmineSettings({seed}: Selection) {
  return {random: true, seed, failSpecWithNoExpectations: true};
}

/** Milliseconds an asynchronous spec may take: enough that only one that hangs fails, on a busy machine too. */
export const specTimeout = 600_000;
