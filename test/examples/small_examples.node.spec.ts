import {execFile} from 'node:child_process';
import {readdirSync, readFileSync} from 'node:fs';
import {promisify} from 'node:util';

/** What a program prints that its README tells to run by `npx tsx`. */
async function run(name: string): Promise<string> {
  const program = `examples/${name}/main.ts`;
  const {stdout, stderr} = await promisify(execFile)(process.execPath, [
    '--import',
    'tsx',
    program,
  ]);
  expect(stderr).toBe('');
  return stdout;
}

describe('the example', () => {
  it('quickstart predicts throws it has not seen, and one that is not in its table', async () => {
    const printed = await run('quickstart');
    const errors = [...printed.matchAll(/off by ([\d.]+) m/g)].map(([, error]) => Number(error));
    expect(errors.length).toBe(6);
    // Ranges lie between 2 and 43 m.
    expect(Math.min(...errors)).toBeLessThan(1);
    const predicted = Number(printed.match(/from 1.5 m: ([\d.]+) m; by the formula/)?.[1]);
    expect(Math.abs(predicted - 16.05)).toBeLessThan(2.5);
  });

  it('quickstart has a table of the law in its README', () => {
    const [header, ...lines] = readFileSync('examples/quickstart/throws.csv', 'utf8')
      .trim()
      .split('\n');
    expect(header).toBe('speed,angle,height,range');
    expect(lines.length).toBe(500);
    const errors = lines.map((line) => {
      const [speed, angle, height, range] = line.split(',').map(Number);
      const [ahead, up] = [Math.cos, Math.sin].map((part) => speed * part((angle * Math.PI) / 180));
      return range / ((ahead * (up + Math.sqrt(up ** 2 + 2 * 9.81 * height))) / 9.81) - 1;
    });
    const deviation = Math.hypot(...errors) / Math.sqrt(errors.length);
    expect(deviation).toBeGreaterThan(0.009);
    expect(deviation).toBeLessThan(0.011);
  });

  it('saving resumes to the last bit', async () => {
    const printed = await run('saving');
    const [[, equal, all]] = [...printed.matchAll(/(\d+) of (\d+) weights are equal/g)];
    expect(equal).toBe(all);
    const losses = [...printed.matchAll(/losses (.*)/g)].map(([, list]) => list);
    expect(losses[2]).toBe(losses[1]);
    expect(losses[1]).not.toBe(losses[0]);
  });

  it('autoencoder reconstructs better than the mean image, by either method', async () => {
    const printed = await run('autoencoder');
    const ends = [...printed.matchAll(/epoch 20: train ([\d.]+), test ([\d.]+)/g)];
    expect(ends.length).toBe(4);
    // The variance of a pixel is 0.07.
    for (const [, , test] of ends) expect(Number(test)).toBeLessThan(0.04);
  });

  it('is named by a README that has the command which runs it', () => {
    for (const name of readdirSync('examples')) {
      if (!['quickstart', 'saving', 'autoencoder'].includes(name)) continue;
      const readme = readFileSync(`examples/${name}/README.md`, 'utf8');
      expect(readme).toContain(`npx tsx examples/${name}/main.ts`);
    }
  });
});
