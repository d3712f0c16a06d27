import {runProgram} from '../../support/run_program';

const run = (...settings: string[]) => runProgram('examples/monitor/main.ts', settings);

describe('the example of a monitored training', () => {
  it('prints a table of all four layers after every epoch, and a loss that falls', async () => {
    const {code, stdout} = await run();
    expect(code).toBe(0);
    const layers = stdout.matchAll(/^(?:epoch (\d)|(layer\d) )/gm);
    const epoch = (n: number) => [`${n}`, 'layer1', 'layer2', 'layer3', 'layer4'];
    expect(Array.from(layers, ([, n, layer]) => n ?? layer)).toEqual([1, 2, 3].flatMap(epoch));
    const [first, second, third] = (stdout.match(/^loss (.*)$/m)?.[1] ?? '')
      .split(', ')
      .map(Number);
    expect(second).toBeLessThan(first);
    expect(third).toBeLessThan(second);
  });

  it('answers a field that does not exist by one line', async () => {
    const {code, stderr} = await run('inversion.iteratons=2');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^monitor: DTPOptimizer: there is no field inversion\.iteratons.*\n$/);
  });
});
