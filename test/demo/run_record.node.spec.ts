import {
  extended,
  type Progress,
  type RunRecord,
  readRecord,
  writeRecord,
} from '../../examples/browser/shared/run_record';
import {InputError} from '../../examples/input_error';
import {pointAt, someRun} from './some_run';

const first: Progress = {
  step: 10,
  points: [[pointAt(1, 0.5)], [pointAt(1, 0.7)]],
  failures: [null, null],
  watched: [
    {
      step: 2,
      epoch: 0.2,
      layers: [
        {layer: 'a', call: 0, target: {size: 1e-3}},
        {
          layer: 'b',
          call: 0,
          inversion: {start: 1, last: 0.6, kept: 0.6, contraction: 0.5, residuals: [1, 0.6, null]},
        },
      ],
    },
  ],
  reconstructions: [{label: 'Input', pixels: [0, 1, 0.5, 0.25], error: null}],
};
const second: Progress = {
  step: 20,
  points: [[pointAt(2, 0.25)], []],
  failures: [null, 'The loss is no longer a number.'],
  watched: [],
  reconstructions: null,
};

describe('The record of a run', () => {
  const run = extended(extended(someRun([[2], [2]]), first), second);

  it('is the same after it was written and read', () => {
    expect(readRecord(writeRecord(run), 'run.json')).toEqual(run);
    expect(readRecord(writeRecord(someRun()), 'run.json')).toEqual(someRun());
  });

  it('is the same after it was read if a loss was no number, but for JSON has none', () => {
    const broken = extended(run, {...second, points: [[pointAt(3, Number.NaN)], []]});
    const read = readRecord(writeRecord(broken), 'run.json');
    expect(read.sides[0].points[3].loss).toBeNull();
    expect(read.sides[1]).toEqual(broken.sides[1]);
  });

  it('grows by progress, and keeps what that has not', () => {
    const [dtp, adam] = run.sides;
    expect(dtp.points.map(({loss}) => loss)).toEqual([2, 0.5, 0.25]);
    expect(adam.points.map(({loss}) => loss)).toEqual([2, 0.7]);
    expect(run.watched).toEqual(first.watched);
    expect(run.reconstructions).toEqual(first.reconstructions);
    expect(dtp.failure).toBeNull();
    expect(adam.failure).toBe('The loss is no longer a number.');
    const again = extended(run, first);
    expect(again.watched).toEqual([...first.watched, ...first.watched]);
    // A failure stays.
    expect(again.sides[1].failure).toBe('The loss is no longer a number.');
  });

  it('that is extended stays as it was', () => {
    const before = someRun([[2], [2]]);
    const copy = structuredClone(before);
    extended(before, first);
    expect(before).toEqual(copy);
  });

  type Damage = [part: string, damage: (run: RunRecord) => void];
  const damages: Damage[] = [
    ['settings', (run) => Reflect.deleteProperty(run, 'settings')],
    ['settings', ({settings}) => Reflect.deleteProperty(settings, 'dtp')],
    ['backend', (run) => Reflect.set(run, 'backend', 3)],
    ['network', (run) => Reflect.deleteProperty(run, 'parameters')],
    ['data', ({data}) => Reflect.set(data, 'rows', '2')],
    ['stepsPerEpoch', (run) => Reflect.set(run, 'stepsPerEpoch', null)],
    ['layers', ({layers}) => Reflect.set(layers, 0, null)],
    ['sides', ({sides}) => void sides.pop()],
    ['sides', ({sides}) => Reflect.set(sides[0], 'method', 'magic')],
    ['sides', ({sides}) => Reflect.set(sides[1].points[0], 'seconds', null)],
    ['sides', ({sides}) => Reflect.set(sides[1].points[0], 'loss', 'low')],
    ['watched', (run) => Reflect.set(run, 'watched', {})],
    ['watched', ({watched}) => Reflect.set(watched[0], 'epoch', 'one')],
    ['watched', ({watched}) => Reflect.set(watched[0].layers, 0, null)],
    ['watched', ({watched}) => Reflect.set(watched[0].layers[0], 'target', {size: 'large'})],
    ['watched', ({watched}) => Reflect.set(watched[0].layers[1].inversion ?? {}, 'residuals', 0.5)],
    [
      'watched',
      ({watched}) => Reflect.set(watched[0].layers[1].inversion ?? {}, 'residuals', ['small']),
    ],
    ['reconstructions', (run) => Reflect.set(run, 'reconstructions', [{label: 'Input'}])],
  ];
  for (const [i, [part, damage]] of damages.entries()) {
    it(`with its part "${part}" damaged is refused by name (${i + 1})`, () => {
      const damaged = structuredClone(run);
      damage(damaged);
      expect(damaged).not.toEqual(run);
      expect(() => readRecord(JSON.stringify(damaged), 'mine.json')).toThrowMatching(
        (error) =>
          error instanceof InputError &&
          error.message ===
            `mine.json: its part "${part}" is missing or damaged. ` +
              'Give a file that "Export run as JSON" has written.',
      );
    });
  }

  const others: Array<[text: string, says: RegExp]> = [
    ['', /^mine\.json: is no JSON \(.+\)\. Give a file that "Export run as JSON" has written\.$/],
    ['null', /^mine\.json: is not a run of this page\. Give/],
    ['[1]', /^mine\.json: is not a run of this page\. Give/],
    [JSON.stringify({...run, version: 99}), /^mine\.json: is of version 99, expected \d+\. Give/],
  ];
  for (const [text, says] of others) {
    it(`is not read from ${text.slice(0, 20) || 'an empty file'} …, which is told by name`, () => {
      expect(() => readRecord(text, 'mine.json')).toThrowError(InputError, says);
    });
  }
});
