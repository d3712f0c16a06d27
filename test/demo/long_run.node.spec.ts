import {createApp} from '../../examples/browser/page/app';
import {curveOption, panels} from '../../examples/browser/page/chart_options';
import {connect} from '../../examples/browser/page/remote';
import {writeRecord} from '../../examples/browser/shared/run_record';
import {someLook} from './some_look';
import {someRun} from './some_run';

/** More points than a function may have arguments. */
const POINTS = 200_000;

describe('A run of very many epochs', () => {
  const losses = Array.from({length: POINTS}, (_, epoch) => 1 / (1 + epoch));
  const run = someRun([losses, losses]);

  for (const panel of panels) {
    it(`has its curve: ${panel.title}`, () => {
      const {series} = curveOption(run, panel, someLook) as {series: Array<{data: number[][]}>};
      expect(series.map(({data}) => data.length)).toEqual([POINTS, POINTS]);
    });
  }

  it('can be opened', async () => {
    const app = createApp(connect, () => {});
    await app.open({name: 'run.json', text: async () => writeRecord(run)});
    expect(app.state.message).toBeNull();
    expect(app.state.step).toBe(10 * (POINTS - 1));
  });
});
