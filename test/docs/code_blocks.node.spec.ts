import {execFileSync} from 'node:child_process';
import {existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {pathToFileURL} from 'node:url';
import * as dtp from 'tfjs-dtp';
import {type CodeBlock, codeBlocks, firstBlock} from './code_blocks';

const pages = ['README.md', 'CONTRIBUTING.md', 'docs', 'examples', 'bench'].flatMap(markdownIn);
const readme = readFileSync('README.md', 'utf8');

/** Here, so that the blocks find the packages that the repository has. */
const folder = 'out/test/docs';

/** How a block of each language is tested; there are no others. */
const languages: Record<string, (block: CodeBlock, file: string) => unknown> = {
  js: (block, file) =>
    block.runAs === 'commonjs' ? runAsCommonJS(block.code, file) : importModule(file),
  ts: (_block, file) => importModule(file),
  sh: ({code}) => code.trim().split('\n').forEach(expectCommand),
  html: ({code}) => {
    // test/package/newcomer.node.spec.ts shows it in Chrome.
    for (const [, source] of code.matchAll(/src="(.*?)"/g)) {
      expect(existsSync(source.replace('node_modules/tfjs-dtp', '.'))).toBeTrue();
    }
  },
  // What a program prints, or a table of formulas: not code.
  text: ({code}) => expect(code).not.toMatch(/^(import |npm |npx |const .*;$)/m),
};

describe('In the documentation', () => {
  const blocks = pages.flatMap((page) =>
    codeBlocks(readFileSync(page, 'utf8')).map((block) => ({
      ...block,
      title: `${page}:${block.line}`,
      file: path.join(folder, `${page.replaceAll(/\W/g, '_')}_${block.line}.ts`),
    })),
  );
  const modules = blocks.filter(({language, runAs}) => /^[jt]s$/.test(language) && runAs === null);

  beforeAll(() => {
    rmSync(folder, {recursive: true, force: true});
    mkdirSync(folder, {recursive: true});
    for (const block of modules) writeFileSync(block.file, moduleOf(block));
  });

  it('there are pages and blocks, each in a language that is tested', () => {
    expect(pages.length).toBeGreaterThan(15);
    expect(modules.length).toBeGreaterThan(10);
    for (const {title, language} of blocks) {
      expect(Object.keys(languages)).withContext(title).toContain(language);
    }
  });

  it('every fence that opens is one of these blocks', () => {
    for (const page of pages) {
      const text = readFileSync(page, 'utf8');
      const fences = text.match(/^ *(```|~~~)/gm) ?? [];
      expect(fences.length)
        .withContext(page)
        .toBe(2 * codeBlocks(text).length);
    }
  });

  it('every block of TypeScript type-checks', () => {
    const compilerOptions = {noUnusedLocals: false, types: ['node'], noEmit: true};
    const typed = modules.filter(({language}) => language === 'ts');
    const files = typed.map(({file}) => path.basename(file));
    const config = {extends: path.resolve('tsconfig.json'), compilerOptions, files, include: []};
    writeFileSync(`${folder}/tsconfig.json`, JSON.stringify(config));
    let messages = '';
    try {
      execFileSync('node_modules/.bin/tsc', ['-p', folder], {encoding: 'utf8'});
    } catch (error) {
      messages = (error as {stdout: string}).stdout;
    }
    expect(messages).toBe('');
  });

  for (const block of blocks) {
    it(`the ${block.language} block of ${block.title} works`, async () => {
      spyOn(console, 'log');
      await expectAsync(
        Promise.resolve(languages[block.language](block, block.file)),
      ).toBeResolved();
    });
  }

  it('every command between the lines is one that exists', () => {
    for (const page of pages) {
      const indented = readFileSync(page, 'utf8').matchAll(/^ {4}((?:npm|npx) .*)$/gm);
      for (const [, command] of indented) expectCommand(command);
    }
    expect(pages.length).toBeGreaterThan(0);
  });

  it('every link to a file leads to one', () => {
    for (const page of pages) {
      const links = readFileSync(page, 'utf8').matchAll(/\]\((?!https?:|#)([^)#\s]+)/g);
      for (const [, link] of links) {
        const target = path.join(path.dirname(page), link);
        expect(existsSync(target)).withContext(`${page}: ${link}`).toBeTrue();
      }
    }
  });

  it('the settings that the README calls the defaults are them', async () => {
    const settings = codeBlocks(readme).find(({code}) => code.startsWith('new dtp.DTPOptimizer'));
    const file = `${folder}/readme_defaults.ts`;
    writeFileSync(file, `${imports}export default ${settings?.code}`);
    const given = ((await importModule(file)) as {default: dtp.DTPOptimizer}).default;
    expect(given.getConfig()).toEqual(new dtp.DTPOptimizer().getConfig());
  });

  it('the example of the README has at most 15 lines', () => {
    expect(firstBlock(readme, 'js').trim().split('\n').length).toBeLessThanOrEqual(15);
  });
});

const imports = `import * as tf from '@tensorflow/tfjs';\nimport * as dtp from 'tfjs-dtp';\n`;

/** A block as a module of its own: with what is hidden around it, and the two imports. */
function moduleOf({before, code, after}: CodeBlock): string {
  const whole = `${before}${code}${after}export {};\n`;
  return /^import .* from '@tensorflow\/tfjs'/m.test(whole) ? whole : imports + whole;
}

/**
 * With the built package, in a process of its own: in tfjs's registry its classes would take the place
 * of those that the specs after this one test.
 */
function runAsCommonJS(code: string, file: string): void {
  const script = file.replace(/ts$/, 'cjs');
  writeFileSync(script, code);
  execFileSync(process.execPath, [script]);
}

function importModule(file: string): Promise<unknown> {
  return import(pathToFileURL(file).href);
}

function markdownIn(place: string): string[] {
  if (place.endsWith('.md')) return existsSync(place) ? [place] : [];
  const files = readdirSync(place, {recursive: true}) as string[];
  return files.filter((file) => file.endsWith('.md')).map((file) => path.join(place, file));
}

/** What the programs say of their options. */
const help = new Map<string, string>();

function helpOf(program: string): string {
  const known = help.get(program);
  if (known !== undefined) return known;
  const args = ['--import', 'tsx', program, '--help'];
  help.set(program, execFileSync(process.execPath, args, {encoding: 'utf8'}));
  return helpOf(program);
}

/** Checks a line of a shell: npm's own commands, our scripts and programs, and their options. */
function expectCommand(line: string): void {
  const [commands] = line.split(/\s+#/);
  for (const command of commands.split('&&').map((part) => part.trim())) {
    if (command === '' || /^npm (ci|pack|install( \S+)+)$/.test(command)) continue;
    const [, script, options = ''] =
      command.match(/^npm (?:run )?(start|test|[a-z:]+)(?: (?:-- )?(.*))?$/) ?? [];
    const program = script === undefined ? programOf(command) : programOf(scripts[script] ?? '');
    expect(script === undefined || scripts[script] !== undefined)
      .withContext(command)
      .toBeTrue();
    if (program === undefined) {
      // A script that is a tool of others.
      expect(options).withContext(command).toBe('');
      if (script === undefined) fail(`"${command}" is no command that this test knows.`);
      continue;
    }
    expect(existsSync(program)).withContext(command).toBeTrue();
    for (const [option] of options.matchAll(/--[a-z-]+/g)) {
      const says = program === 'test/run.ts' ? readFileSync(program, 'utf8') : helpOf(program);
      expect(says)
        .withContext(command)
        .toContain(program === 'test/run.ts' ? option.slice(2) : option);
    }
  }
}

const {scripts} = JSON.parse(readFileSync('package.json', 'utf8')) as {
  scripts: Record<string, string>;
};

/** The program that `tsx` runs. */
function programOf(command: string): string | undefined {
  return command.match(/^(?:npx )?tsx (\S+)/)?.[1];
}
