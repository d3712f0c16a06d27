import {fork} from 'node:child_process';
import {nothingRun, type Selection, type Tally} from './suite_process';

/** The environments the specs run in, each with the module that runs them there. */
export const suites = {
  node: 'test/runner/node.ts',
  browser: 'test/runner/browser.ts',
};
export type Suite = keyof typeof suites;

/** Runs a suite; a run that fell short of what was asked counts as a failed spec. */
export async function runSuite(suite: Suite, selection: Selection): Promise<Tally> {
  const tally = await tallyOf(suite, selection);
  const shortfall = selection.filter ? undefined : shortfallOf(tally);
  if (!shortfall) return tally;
  console.error(`The ${suite} suite ${shortfall}`);
  return {...tally, failed: tally.failed + 1};
}

/** What a run that filters nothing has missed. */
function shortfallOf({passed, failed, excluded}: Tally): string | undefined {
  if (excluded > 0) return `left out ${excluded} specs: remove the fit or fdescribe that does it.`;
  if (passed + failed === 0) return 'ran no spec: expected at least one test/**/*.spec.ts for it.';
  return undefined;
}

/** The suite gets a process of its own: what it leaves behind, or a crash, reaches nobody else. */
function tallyOf(suite: Suite, selection: Selection): Promise<Tally> {
  return new Promise((resolve) => {
    const child = fork(suites[suite], [JSON.stringify(selection)]);
    let tally: Tally | undefined;
    child.on('message', (message) => {
      tally = message as Tally;
    });
    child.on('exit', (code, signal) => {
      if (tally) return resolve(tally);
      console.error(`The ${suite} suite died before its end (${signal ?? `exit code ${code}`}).`);
      resolve({...nothingRun, failed: 1});
    });
  });
}
