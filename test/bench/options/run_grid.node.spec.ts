import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import {type Section, settingsRow} from '../../../bench/options/grid';
import {type Result, readResults} from '../../../bench/options/results';
import {type GridOptions, runGrid} from '../../../bench/options/run_grid';
import {firstImages} from '../../../examples/data/dataset';
import {loadDigits} from '../../../examples/data/digits';
import {InputError} from '../../../examples/input_error';
import {temporaryFolder} from '../../support/temporary_folder';

const data = firstImages(loadDigits(), 128);
const OVERFLOWING = 'bounds.decrease=null bounds.noise=null bounds.shift=null learningRate=1e30';

describe('A run of the grid', () => {
  const folder = temporaryFolder('grid');
  let files = 0;
  const newFile = () => join(folder, `${files++}.jsonl`);
  beforeAll(() => tf.setBackend('wasm'));
  afterAll(() => tf.setBackend('cpu'));

  const sectionOf = (...settings: string[]): Section => ({
    title: '',
    order: {A: 0, B: 0, C: 0},
    rows: settings.map(settingsRow),
  });

  /** Trains for one epoch and returns the rows that this took. */
  async function run(file: string, section: Section, options: Partial<GridOptions> = {}) {
    const trained: Result[] = [];
    await runGrid(data, {
      sections: [section],
      tasks: ['A'],
      epochs: 1,
      file,
      limit: Number.POSITIVE_INFINITY,
      note: (result) => trained.push(result),
      ...options,
    });
    return trained;
  }

  it('writes every row with what is needed to judge and repeat it', async () => {
    const file = newFile();
    const [row] = await run(file, sectionOf('decoder=mlp decoders.every=4'));
    expect(readResults(file)).toEqual([row]);
    expect(row.settings).toBe('decoder=mlp decoders.every=4');
    expect(row.data).toEqual({name: data.name, train: 128});
    expect(row.epochs.length).toBe(2);
    expect(row.epochs[1].loss).toBeLessThan(row.epochs[0].loss as number);
    expect(row.error).toBeNull();
    expect(row.commit).toMatch(/^[0-9a-f]{7,}\+?$|^unknown$/);
    expect(row.versions.tfjs).toBe(tf.version.tfjs);
  });

  it('gives the layers the decoders of the settings', async () => {
    const [linear, mlp] = await run(newFile(), sectionOf('', 'decoder=mlp'));
    expect(mlp.epochs[0].loss).toBe(linear.epochs[0].loss);
    expect(mlp.epochs[1].loss).not.toBe(linear.epochs[1].loss);
  });

  it('goes on where it was stopped, and repeats no row', async () => {
    const file = newFile();
    const section = sectionOf('', 'influence=paper', 'influence=none');
    const first = await run(file, section, {limit: 1});
    const second = await run(file, section);
    expect(first.map(({settings}) => settings)).toEqual(['']);
    expect(second.map(({settings}) => settings)).toEqual(['influence=paper', 'influence=none']);
    expect(await run(file, section)).toEqual([]);
    expect(readResults(file)).toEqual([...first, ...second]);
  });

  it('takes another task or another length for another row', async () => {
    const file = newFile();
    await run(file, sectionOf(''));
    expect((await run(file, sectionOf(''), {tasks: ['B']})).length).toBe(1);
    expect((await run(file, sectionOf(''), {epochs: 2})).length).toBe(1);
  });

  it('gives a row the same losses in any company', async () => {
    const losses = (row: Result) => row.epochs.map(({loss}) => loss);
    const [alone] = await run(newFile(), sectionOf(''));
    const [, together] = await run(newFile(), sectionOf('influence=paper', ''));
    expect(losses(together)).toEqual(losses(alone));
  });

  it('makes a row of a training that fails, and goes on', async () => {
    const [failed, next] = await run(newFile(), sectionOf(OVERFLOWING, ''), {epochs: 2});
    expect(failed.diverged).toBeTrue();
    expect(failed.error).toContain('DTPOptimizer: step');
    expect(next.diverged).toBeFalse();
    expect(next.error).toBeNull();
  });

  it('names the line of a results file that cannot be read', async () => {
    const file = newFile();
    writeFileSync(file, '{}\n{"task"\n');
    expect(() => readResults(file)).toThrowMatching(
      (error) => error instanceof InputError && /line 2 is not JSON/.test(error.message),
    );
  });

  it('leaves no tensor behind', async () => {
    // Not of a training that fails: the fit of tfjs then forgets the order of its rows.
    const section = sectionOf('', 'decoder=mlp');
    await run(newFile(), section); // Whatever is made once and kept.
    const {numTensors} = tf.memory();
    await run(newFile(), section);
    expect(tf.memory().numTensors).toBe(numTensors);
  });
});
