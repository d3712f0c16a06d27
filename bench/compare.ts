import {Command} from 'commander';
import {InputError} from '../examples/input_error';
import {comparison} from './comparison';
import {type BenchResults, readResults} from './results';

function main(): void {
  const command = new Command('bench:compare')
    .description('Prints what changed between two files of npm run bench, as ratios in Markdown.')
    .argument('<before>', 'a JSON file of npm run bench')
    .argument('<after>', 'another one')
    .configureOutput({
      outputError: (text, write) => write(`bench:compare: ${text.replace(/^error: /, '')}`),
    })
    .parse();
  const [before, after] = command.args.map((file) => readResults<BenchResults>(file, 'bench'));
  console.log(comparison(before, after));
}

try {
  main();
} catch (error) {
  console.error(error instanceof InputError ? `bench:compare: ${error.message}` : error);
  process.exitCode = 1;
}
