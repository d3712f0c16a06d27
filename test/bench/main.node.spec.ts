import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {type BenchResults, readResults} from '../../bench/results';
import {runProgram} from '../support/run_program';
import {temporaryFolder} from '../support/temporary_folder';

/** Runs a program of bench/ as npm does. */
const start = (program: string, ...options: string[]) => runProgram(`bench/${program}.ts`, options);

describe('npm run bench', () => {
  const folder = temporaryFolder('bench');

  it('measures, writes JSON, a report and a chart, and the file compares with itself', async () => {
    const base = join(folder, 'quick');
    const options = ['--quick', '--data-limit', '64', '--tasks', 'A', '--seeds', '1'];
    const run = [...options, '--methods', 'dtp,adam', '--out', base];
    const {code, stderr} = await start('main', ...run);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    const {tasks, settings} = readResults<BenchResults>(`${base}.json`, 'bench');
    expect(settings.data.train).toBe(64);
    expect(tasks[0].runs.length).toBe(5);
    for (const cost of tasks[0].steps) {
      const phases = Object.values(cost.phases ?? {});
      expect(phases.reduce((a, b) => a + b)).toBeGreaterThan(0);
      expect(cost.peakBytes).toBeGreaterThan(cost.stateBytes);
    }
    expect(readFileSync(`${base}.md`, 'utf8')).toContain('| DTP, defaults | stock |');
    expect(existsSync(`${base}-A.svg`)).toBeTrue();

    const again = await start('main', ...run);
    expect(again.code).toBe(1);
    expect(again.stderr).toMatch(/^bench: --out .*quick\.json: exists\. Give --resume/);

    const longer = await start('main', ...run, '--resume', '--epochs', '3');
    expect(longer.code).toBe(1);
    expect(longer.stderr).toMatch(/^bench: --resume: task A has 1 epochs on wasm, not 3 on wasm/);
    const elsewhere = await start('main', ...run, '--resume', '--backend', 'cpu');
    expect(elsewhere.stderr).toMatch(/task A has 1 epochs on wasm, not 1 on cpu.*--backend/);

    const same = await start('compare', `${base}.json`, `${base}.json`);
    expect(same.code).toBe(0);
    expect(same.stdout).toMatch(/\| A \| DTP, defaults, stock \| ×1\.0 /);
  });

  it('grows a step and reports how', async () => {
    const base = join(folder, 'growth');
    const {code, stderr} = await start(
      'scaling',
      ...['--quick', '--grow', 'batch', '--leak', '20', '--out', base],
    );
    expect(stderr).toBe('');
    expect(code).toBe(0);
    const text = readFileSync(`${base}.md`, 'utf8');
    expect(text).toMatch(/\| DTP \| [\d.]+ \| [\d.]+ \| [\d.]+ \| -?[\d.]+ \| -?[\d.]+ \|/);
    expect(text).toContain('After 20 steps of DTP: 0 tensors more.');
  });

  const mistakes: Record<string, {call: [string, ...string[]]; says: RegExp}> = {
    'an unknown task': {call: ['main', '--tasks', 'A,E'], says: /^bench: .*A,B,C,C-relu,D/},
    'words without an option': {call: ['main', 'A'], says: /^bench: A: belongs to no option/},
    'a folder that is not there': {
      call: ['main', '--data', 'nowhere'],
      says: /^bench: nowhere: .*no such folder/,
    },
    'an unknown growth': {call: ['scaling', '--grow', 'age'], says: /width,depth,batch,iterations/},
    'a file that is not there': {
      call: ['compare', 'nowhere.json', 'nowhere.json'],
      says: /^bench:compare: nowhere\.json: cannot be read/,
    },
    'a single file': {call: ['compare', 'nowhere.json'], says: /^bench:compare: .*after/},
  };
  for (const [mistake, {call, says}] of Object.entries(mistakes)) {
    it(`answers ${mistake} by one line`, async () => {
      const {code, stdout, stderr} = await start(...call);
      expect(code).toBe(1);
      expect(stdout).toBe('');
      expect(stderr.trim().split('\n').length).toBe(1);
      expect(stderr).toMatch(says);
    });
  }

  it('refuses to go on with results of other settings', async () => {
    const base = join(folder, 'other');
    writeFileSync(`${base}.json`, '{"kind": "bench", "commit": "1234567", "settings": {}}');
    const {code, stderr} = await start('main', '--quick', '--resume', '--out', base);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^bench: --resume .*other\.json: is of commit 1234567/);
  });
});
