import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {runProgram} from '../../support/run_program';
import {temporaryFolder} from '../../support/temporary_folder';

/** Runs the program as `npm start` does. */
const start = (...options: string[]) => runProgram('examples/compare/main.ts', options);

describe('npm start', () => {
  const folder = temporaryFolder('compare');
  const occupied = join(folder, 'file');
  writeFileSync(occupied, '');

  it('explains its options with examples', async () => {
    const {code, stdout} = await start('--help');
    expect(code).toBe(0);
    for (const text of ['--data <', '--dtp <', '--seeds <', 'Examples:']) {
      expect(stdout).toContain(text);
    }
  });

  const mistakes: Record<string, {options: string[]; says: RegExp}> = {
    'an unknown option': {options: ['--epoch', '3'], says: /--epoch\b.*--epochs/},
    'an unknown backend': {options: ['--backend', 'webgl'], says: /webgl.*cpu, wasm/},
    'a folder that is not there': {
      options: ['--data', 'nowhere'],
      says: /nowhere: .*no such folder/,
    },
    'a typo in a field of the optimizer': {
      options: ['--dtp', 'inversion.iteratons=2'],
      says: /inversion\.iteratons.*iterations/,
    },
    'a chart that cannot be written': {
      options: ['--out', join(occupied, 'chart')],
      says: /--out .*chart\.svg: cannot be written/,
    },
    'a record that cannot be written': {
      options: ['--out', join(folder, 'chart'), '--json', join(occupied, 'record.json')],
      says: /--json .*record\.json: cannot be written/,
    },
    'words without an option': {options: ['3'], says: /3: belongs to no option.*npm start -- /},
  };
  for (const [mistake, {options, says}] of Object.entries(mistakes)) {
    it(`answers ${mistake} by one line, before any training`, async () => {
      const {code, stdout, stderr} = await start(...options);
      expect(code).toBe(1);
      expect(stdout).toBe('');
      expect(stderr).toMatch(/^compare: [^\n]+\n$/);
      expect(stderr).toMatch(says);
    });
  }

  it('trains, prints a table, and writes a chart and a record', async () => {
    const [out, json] = [join(folder, 'new', 'chart'), join(folder, 'record.json')];
    const small = ['--data-limit', '100', '--layers', '8', '--epochs', '2', '--rates', '1e-3,1e-2'];
    const {code, stdout, stderr} = await start(...small, '--out', out, '--json', json);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout).toContain('64-8-10 relu on UCI digits');
    expect(stdout).toMatch(/│ DTP +│ .* %/);
    for (const ending of ['svg', 'png']) expect(existsSync(`${out}.${ending}`)).toBeTrue();
    const record = JSON.parse(readFileSync(json, 'utf8'));
    expect(record.methods.map(({method}: {method: string}) => method)).toEqual([
      'dtp',
      'bp',
      'adam',
      'sgd',
      'adam-stock',
    ]);
    expect(record.methods[0].rates[0].runs[0].epochs.length).toBe(3);
  });
});
