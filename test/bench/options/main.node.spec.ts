import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {runProgram} from '../../support/run_program';
import {temporaryFolder} from '../../support/temporary_folder';

/** Runs the program as `npm run bench:options` does. */
const start = (...options: string[]) => runProgram('bench/options/main.ts', options);

describe('npm run bench:options', () => {
  const folder = temporaryFolder('bench-options');

  it('trains two rows on the digits, asks before it adds to a file, and reports it', async () => {
    const file = join(folder, 'results.jsonl');
    const options = ['--quick', '--limit', '2', '--tasks', 'A', '--results', file];
    const {code, stderr} = await start(...options);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(readFileSync(file, 'utf8').trim().split('\n').length).toBe(2);

    const again = await start(...options);
    expect(again.code).toBe(1);
    expect(again.stderr).toMatch(/^bench:options: .*results\.jsonl: exists.*--resume/);

    const {stdout} = await start('--report', '--results', file);
    expect(stdout).toContain('- **A**: 64-128-128-10 relu');
    expect(stdout).toMatch(/\| defaults \| [\d.]+ \(×1\.00\)/);
  });

  it('answers an unknown task by one line', async () => {
    const {code, stderr} = await start('--tasks', 'A,D', '--results', join(folder, 'none.jsonl'));
    expect(code).toBe(1);
    expect(stderr).toMatch(/A,B,C/);
    expect(stderr.trim().split('\n').length).toBe(1);
  });
});
