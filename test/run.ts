/**
 * Runs the specs in Node and in a headless Chrome, side by side; the last line is the total.
 *
 *     npm test
 *     npm test -- --node                  one environment only: --node or --browser
 *     npm test -- --filter 'dense|conv'   only specs whose full name this matches
 *     npm test -- --seed 4711             in another random order; `--seed random` for a new one
 *
 * Without --seed the order is always the same, so that a new failure is a new defect.
 */
import {randomInt} from 'node:crypto';
import {parseArgs} from 'node:util';
import {type Suite, startSuite, suites} from './runner/run_suite';
import {nothingRun, type Tally} from './runner/suite_process';

const {values: options} = parseArgs({
  options: {
    node: {type: 'boolean'},
    browser: {type: 'boolean'},
    filter: {type: 'string'},
    seed: {type: 'string'},
  },
});
const {filter} = options;
const seed = options.seed === 'random' ? String(randomInt(100_000)) : (options.seed ?? '0');
const all = Object.keys(suites) as Suite[];
const chosen = all.filter((suite) => options[suite]);

const runs = (chosen.length > 0 ? chosen : all).map((suite) => ({
  suite,
  ...startSuite(suite, {seed, filter}),
}));
const total: Tally = {...nothingRun};
const lines: string[] = [];
for (const {suite, ended, showOutput} of runs) {
  console.log(`\n${suite}: specs in the random order that --seed ${seed} repeats`);
  showOutput();
  const {tally, seconds} = await ended;
  lines.push(`${suite}: ${describeTally(tally)} in ${seconds.toFixed(1)} s`);
  total.passed += tally.passed;
  total.failed += tally.failed;
  total.skipped += tally.skipped;
}

const ranNothing = total.passed + total.failed === 0;
if (ranNothing) console.error(`npm test: no spec's full name matches --filter ${filter}.`);
process.exitCode = total.failed > 0 || ranNothing ? 1 : 0;

console.log(`\n${lines.join('\n')}\n${describeTally(total)}`);

function describeTally({passed, failed, skipped}: Tally): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
