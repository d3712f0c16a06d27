import {DTPOptimizer} from 'tfjs-dtp';
import {grid, jobsOf, type Section, settingsRow} from '../../../bench/options/grid';
import {type GridTask, gridTasks} from '../../../bench/options/grid_tasks';
import {configuration} from '../../../bench/options/settings';
import {InputError} from '../../../examples/input_error';

const tasks = Object.keys(gridTasks) as GridTask[];

/** All that decides what a row does, the defaults filled in. */
function resolved({dtp, decoder}: ReturnType<typeof configuration>): string {
  return JSON.stringify([new DTPOptimizer(dtp).getConfig(), decoder]);
}

describe('The grid of options', () => {
  it('has only configurations that the optimizer accepts', () => {
    for (const {row} of jobsOf(grid, tasks)) {
      expect(() => new DTPOptimizer(configuration(row.settings).dtp))
        .withContext(row.settings)
        .not.toThrow();
    }
  });

  it('trains no configuration twice on a task', () => {
    for (const task of tasks) {
      const trained = jobsOf(grid, [task]).map(({row}) =>
        [row.method, row.rate, row.seed, resolved(configuration(row.settings))].join(' '),
      );
      expect(new Set(trained).size).toBe(trained.length);
    }
  });

  it('names a row the same however its settings are written', () => {
    const row = settingsRow('influence=paper decoders.objective=reverse');
    expect(settingsRow('decoders.objective=reverse influence=paper')).toEqual(row);
    expect(settingsRow('decoder=linear decoders.objective=reverse influence=paper')).toEqual(row);
    expect(settingsRow('inversion.iterations=1 influence=measured')).toEqual(settingsRow(''));
  });

  it('trains what the sections order first, task by task', () => {
    const section = (settings: string, order: Section['order']): Section => ({
      title: settings,
      order,
      rows: [settingsRow(settings)],
    });
    const sections = [
      section('beta=0.1', {A: 1, B: 2, C: 0}),
      section('beta=0.2', {A: 0, B: 3, C: 0}),
      section('beta=0.1', {A: 5, B: 5, C: 5}),
    ];
    const names = jobsOf(sections, tasks).map(({task, row}) => `${task} ${row.settings}`);
    expect(names).toEqual([
      'C beta=0.1',
      'A beta=0.2',
      'C beta=0.2',
      'A beta=0.1',
      'B beta=0.1',
      'B beta=0.2',
    ]);
  });
});

describe('A line of settings', () => {
  it('is a configuration of the optimizer and an architecture of the decoders', () => {
    expect(configuration('decoder=mirror inversion.iterations=2')).toEqual({
      dtp: {inversion: {iterations: 2}},
      decoder: 'mirror',
    });
    expect(configuration('')).toEqual({dtp: {}, decoder: 'linear'});
  });

  it('knows Adam by its rate', () => {
    const {decoders} = configuration('decoders.optimizer=adam(1e-2)').dtp;
    expect(decoders?.optimizer).toEqual(
      jasmine.objectContaining({
        className: 'Adam',
        config: jasmine.objectContaining({learningRate: 0.01}),
      }),
    );
  });

  const mistakes: Record<string, RegExp> = {
    'decoder=deep': /decoder=deep: expected one of linear, mirror, mlp/,
    'decoders.optimizer=sgd(1)': /expected adam\(rate\)/,
    'decoders.optimizer=adam(x)': /expected adam\(rate\)/,
    'influence=much': /influence is 'much'/,
  };
  for (const [settings, reason] of Object.entries(mistakes)) {
    it(`rejects ${settings} and says what is valid`, () => {
      expect(() => configuration(settings)).toThrowMatching(
        (error) => error instanceof InputError && reason.test(error.message),
      );
    });
  }
});
