/**
 * The fenced code blocks of a page of Markdown.
 *
 * A comment directly above a block says what a reader needs not see:
 *
 *     <!-- before
 *     code that goes before the block when it is run
 *     -->
 *     <!-- after
 *     code that goes behind it, to check what it did
 *     -->
 *     <!-- run as: commonjs -->
 */
export interface CodeBlock {
  /** What stands behind the opening fence; empty if nothing does. */
  language: string;
  code: string;
  /** Code to run before it. */
  before: string;
  /** Code to run after it. */
  after: string;
  /** How to run it, where its language does not say. */
  runAs: string | null;
  /** The line of the opening fence, from 1. */
  line: number;
}

export function codeBlocks(page: string): CodeBlock[] {
  const blocks = /((?:^<!--(?:(?!-->)[\s\S])*-->\n)*)^```(.*)\n([\s\S]*?)^```$/gm;
  return Array.from(page.matchAll(blocks), ({1: comments, 2: language, 3: code, index}) => ({
    language,
    code,
    before: comments.match(/<!-- before\n([\s\S]*?)-->/)?.[1] ?? '',
    after: comments.match(/<!-- after\n([\s\S]*?)-->/)?.[1] ?? '',
    runAs: comments.match(/<!-- run as: (.*) -->/)?.[1] ?? null,
    line: page.slice(0, index + comments.length).split('\n').length,
  }));
}

/** The first block of a language. */
export function firstBlock(page: string, language: string): string {
  const block = codeBlocks(page).find((block) => block.language === language);
  if (block === undefined) throw new Error(`There is no code block of "${language}" in the page.`);
  return block.code;
}
