import {type ChildProcess, fork} from 'node:child_process';
import {nothingRun, type Selection, type Tally} from './suite_process';

/** The environments the specs run in, each with the module that runs them there. */
export const suites = {
  node: 'test/runner/node.ts',
  browser: 'test/runner/browser.ts',
};
export type Suite = keyof typeof suites;

/** A suite that has been started. */
export interface StartedSuite {
  ended: Promise<{tally: Tally; seconds: number}>;
  /** Shows what the suite has printed so far, and from now on what it prints. */
  showOutput(): void;
}

/** Starts a suite; a run that falls short of what was asked counts as a failed spec. */
export function startSuite(suite: Suite, selection: Selection): StartedSuite {
  const start = performance.now();
  // A process of its own: what the suite leaves behind, or a crash, reaches nobody else.
  const child = fork(suites[suite], [JSON.stringify(selection)], {silent: true});
  const ended = tallyOf(child, suite).then((tally) => {
    const shortfall = selection.filter ? undefined : shortfallOf(tally);
    if (shortfall) {
      console.error(`The ${suite} suite ${shortfall}`);
      tally.failed += 1;
    }
    return {tally, seconds: (performance.now() - start) / 1000};
  });
  return {ended, showOutput: heldOutput(child)};
}

/** Holds back what a process prints, so that suites which run side by side are read one by one. */
function heldOutput(child: ChildProcess): () => void {
  const held: Buffer[] = [];
  let show = (chunk: Buffer) => void held.push(chunk);
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => show(chunk));
  }
  return () => {
    show = (chunk) => void process.stdout.write(chunk);
    for (const chunk of held) show(chunk);
  };
}

/** What a run that filters nothing has missed. */
function shortfallOf({passed, failed, excluded}: Tally): string | undefined {
  if (excluded > 0) return `left out ${excluded} specs: remove the fit or fdescribe that does it.`;
  if (passed + failed === 0) return 'ran no spec: expected at least one test/**/*.spec.ts for it.';
  return undefined;
}

function tallyOf(child: ChildProcess, suite: Suite): Promise<Tally> {
  return new Promise((resolve) => {
    let tally: Tally | undefined;
    child.on('message', (message) => {
      tally = message as Tally;
    });
    // Not 'exit': what the suite has printed is to be shown whole.
    child.on('close', (code, signal) => {
      if (tally) return resolve(tally);
      console.error(`The ${suite} suite died before its end (${signal ?? `exit code ${code}`}).`);
      resolve({...nothingRun, failed: 1});
    });
  });
}
