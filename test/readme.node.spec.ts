import {execFileSync} from 'node:child_process';
import {readFileSync} from 'node:fs';

const readme = readFileSync('README.md', 'utf8');

/** The code blocks of a language, in the order of the text. */
function blocks(language: string): string[] {
  const fences = readme.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'));
  return [...fences].map(([, code]) => code);
}

describe('the README', () => {
  it('has an example that runs as it stands, and learns', () => {
    const [example] = blocks('js');
    const args = ['--input-type=module', '--eval', example];
    const printed = execFileSync(process.execPath, args, {encoding: 'utf8'});
    const accuracy = printed.match(/accuracy (0\.\d+|1)/)?.[1];
    expect(Number(accuracy)).toBeGreaterThan(0.9);
  });

  it('has an example of at most 15 lines', () => {
    expect(blocks('js')[0].trim().split('\n').length).toBeLessThanOrEqual(15);
  });

  it('names only commands and options that exist', () => {
    const {scripts} = JSON.parse(readFileSync('package.json', 'utf8'));
    const help = execFileSync('npx', ['tsx', 'examples/compare/main.ts', '--help'], {
      encoding: 'utf8',
    });
    for (const command of blocks('sh')
      .join('')
      .matchAll(/npm (?:run )?(start|test|[a-z:]+)/g)) {
      if (command[1] !== 'ci' && command[1] !== 'install')
        expect(scripts[command[1]]).toBeDefined();
    }
    for (const [, options] of readme.matchAll(/npm start -- (.*)/g)) {
      for (const [option] of options.matchAll(/--[a-z-]+/g)) expect(help).toContain(option);
    }
  });
});
