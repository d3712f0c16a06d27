import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {runProgram} from '../support/run_program';

/** What a program prints that its README tells to run by `npx tsx`. */
async function run(name: string, ...args: string[]): Promise<string> {
  const {code, stdout, stderr} = await runProgram(`examples/${name}/main.ts`, args);
  expect(stderr).toBe('');
  expect(code).toBe(0);
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
    expect(ends.length).toBe(7);
    // The variance of a pixel is 0.07.
    for (const [, , test] of ends) expect(Number(test)).toBeLessThan(0.04);
  });

  it('convolution is refused to Adam on wasm, and learns by DTP', async () => {
    const printed = await run('convolution');
    expect(printed).toMatch(/^Adam cannot train this model on wasm: .*Conv2DBackpropFilter/);
    const epochs = [...printed.matchAll(/train loss ([\d.]+), test accuracy ([\d.]+) %/g)];
    expect(epochs.length).toBe(8);
    const [first, last] = [epochs[0], epochs[7]].map((numbers) => numbers.slice(1).map(Number));
    expect(last[0]).toBeLessThan(first[0] / 10);
    expect(last[1]).toBeGreaterThan(95);
  });

  it('residual has a branch before every block, and learns by both methods', async () => {
    const printed = await run('residual');
    expect(printed.match(/^\S+_branch \(DTPBranch\)/gm)).toEqual([
      'stem_branch (DTPBranch)',
      'block1_branch (DTPBranch)',
      'block2_branch (DTPBranch)',
      'block3_branch (DTPBranch)',
    ]);
    expectToLearn(printed, ['DTP', 'Adam']);
  });

  it('transfer trains the head alone, to name digits that its base has not seen', async () => {
    const printed = await run('transfer');
    expect(printed).toMatch(/conv1 \(Conv2D\) .* nothing: frozen/);
    expect(printed).toContain('\n0 of the 1248 weights of the base have changed\n');
    const result = (of: string) =>
      printed
        .match(new RegExp(`^${of}: test loss ([\\d.]+), accuracy ([\\d.]+) %$`, 'm'))
        ?.slice(1)
        .map(Number) as number[];
    expect(result('Digits 0 to 4')[1]).toBeGreaterThan(95);
    expect(result('Digits 5 to 9')[1]).toBeGreaterThan(90);
    expect(result('Digits 5 to 9')[0]).toBeLessThan(result('On random features')[0]);
  });

  it('sequence trains its LSTM by gradients between layers that have targets', async () => {
    const printed = await run('sequence');
    for (const name of ['row', 'feature', 'read', 'digit']) {
      expect(printed).toMatch(new RegExp(`^${name} \\(DTPDense\\) .* targets; `, 'm'));
    }
    expect(printed).toMatch(/^reader \(LSTM\) .* ordinary gradients; /m);
    expectToLearn(printed, ['Adam', 'DTP']);
  });

  it('residual and sequence answer an argument that they do not know by one line', async () => {
    for (const name of ['residual', 'sequence']) {
      const failed = await runProgram(`examples/${name}/main.ts`, ['al']);
      expect(failed.code).toBe(1);
      expect(failed.stderr).toMatch(/^\w+: the arguments are al, expected none or "all"\.\n$/);
    }
  });

  it('is named by a README that has the command which runs it, and by the list of all', () => {
    const list = readFileSync('README.md', 'utf8');
    const names = readdirSync('examples').filter((name) => existsSync(`examples/${name}/main.ts`));
    expect(names.length).toBeGreaterThan(8);
    for (const name of names) {
      const readme = readFileSync(`examples/${name}/README.md`, 'utf8');
      const commands: Record<string, string> = {compare: 'npm start', browser: 'npm run demo'};
      const command = commands[name] ?? `npx tsx examples/${name}/main.ts`;
      expect(readme).toContain(command);
      expect(list).toContain(`| [${name}](examples/${name}/README.md) |`);
    }
  });
});

/** Of every method a line of losses that fall to a tenth, and an accuracy far from chance. */
function expectToLearn(printed: string, methods: string[]): void {
  const lines = [...printed.matchAll(/^(DTP|Adam), \S+ +([\d. ]+) %$/gm)];
  expect(lines.map(([, method]) => method)).toEqual(methods);
  for (const [, , numbers] of lines) {
    const [first, , , last, accuracy] = numbers.split(/ +/).map(Number);
    expect(last).toBeLessThan(first / 10);
    expect(accuracy).toBeGreaterThan(88);
  }
}
