import path from 'node:path';
import karma from 'karma';
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

const client = {
  jasmine: {...jasmineSettings(selection), timeoutInterval: specTimeout},
  args: selection.filter ? ['--grep', `/${selection.filter}/`] : [],
};
const config = await karma.config
  .parseConfig(path.resolve('karma.conf.js'), {client} as karma.ConfigOptions, {
    promiseConfig: true,
    throwErrors: true,
  })
  .catch(() => process.exit(1)); // Karma has printed why.

const server = new karma.Server(config, (exitCode) => {
  // The browser never started, or died between two specs: karma has printed why.
  if (exitCode !== 0 && tally.failed === 0) tally.failed = 1;
  handOver(tally);
});
server.on('spec_complete', (_browser, {success, pending, disabled}) => {
  if (disabled) tally.excluded += 1;
  else if (pending) tally.skipped += 1;
  else if (success) tally.passed += 1;
  else tally.failed += 1;
});
server.on('browser_error', () => {
  tally.failed += 1;
});
await server.start();
