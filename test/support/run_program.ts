import {execFile} from 'node:child_process';

/** How a program ended. */
export interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

/**
 * Runs a program of this repository in a process of its own, as `npx tsx` does.
 *
 * @param input What it reads from its standard input.
 */
export function runProgram(program: string, options: string[], input = ''): Promise<Outcome> {
  return new Promise((resolve) => {
    const args = ['--import', 'tsx', program, ...options];
    const child = execFile(process.execPath, args, (error, stdout, stderr) =>
      resolve({code: Number(error?.code ?? 0), stdout, stderr}),
    );
    child.stdin?.end(input);
  });
}
