import Jasmine from 'jasmine';
import {
  handOver,
  jasmineSettings,
  nothingRun,
  receiveSelection,
  specTimeout,
  type Tally,
} from './suite_process';

const selection = receiveSelection();
const tally: Tally = {...nothingRun};

const runner = new Jasmine();
runner.exitOnCompletion = false;
runner.loadConfig({
  spec_dir: 'test',
  helpers: ['runner/clean_up.ts'],
  spec_files: ['**/*.spec.ts', '!**/*.browser.spec.ts'],
});
runner.env.configure(jasmineSettings(selection));
runner.configureDefaultReporter({showColors: process.stdout.isTTY});
jasmine.DEFAULT_TIMEOUT_INTERVAL = specTimeout;

runner.addReporter({
  specDone({status}) {
    if (status === 'passed') tally.passed += 1;
    if (status === 'failed') tally.failed += 1;
    if (status === 'pending') tally.skipped += 1;
    if (status === 'excluded') tally.excluded += 1;
  },
  suiteDone({failedExpectations}) {
    tally.failed += failedExpectations.length;
  },
  jasmineDone({failedExpectations}) {
    tally.failed += failedExpectations.length;
  },
});

await runner.execute(undefined, selection.filter);
handOver(tally);
