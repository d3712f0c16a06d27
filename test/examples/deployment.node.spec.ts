import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {runProgram} from '../support/run_program';
import {temporaryFolder} from '../support/temporary_folder';

const run = (program: 'main' | 'predict', ...args: string[]) =>
  runProgram(`examples/deployment/${program}.ts`, args, '[]');

describe('examples/deployment', () => {
  const folder = temporaryFolder('deployment');

  it('trains, and predicts the same in a program that has only TensorFlow.js', async () => {
    const model = join(folder, 'new', 'model');
    const {code, stdout} = await run('main', model);
    expect(code).toBe(0);
    expect(stdout).toMatch(/first_branch \(DTPBranch\) .* merges targets of 2 ways/);
    expect(stdout).toContain('Largest difference of a probability there and here: 0\n');
    expect(Number(stdout.match(/Test accuracy there: (.*) %/)?.[1])).toBeGreaterThan(94);
    expect(readFileSync(join(model, 'model.json'), 'utf8')).not.toMatch(/DTP|decoder/);
  });

  it('answers a folder that cannot be written to by one line, before any training', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    const {code, stdout, stderr} = await run('main', join(file, 'model'));
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^deployment: FOLDER .*model\.json: cannot be written [^\n]+\n$/);
  });

  it('answers by one line where the deployed program finds no model', async () => {
    const {code, stderr} = await run('predict', join(folder, 'nowhere'));
    expect(code).toBe(1);
    expect(stderr).toMatch(/^predict: .*nowhere.model\.json: cannot be read [^\n]+\n$/);
  });
});
