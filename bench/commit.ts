import {execFileSync} from 'node:child_process';

/** Which state of the repository was measured. */
export interface Commit {
  /** The last commit that changed the package or how it is measured; 'unknown' without git. */
  commit: string;
  /** Whether that is not the whole truth: there are changes that are not committed. */
  dirty: boolean;
}

export function currentCommit(): Commit {
  const git = (...args: string[]) =>
    execFileSync('git', [...args, '--', ...MEASURED], {encoding: 'utf8'}).trim();
  try {
    return {commit: git('log', '-1', '--format=%h'), dirty: git('status', '--porcelain') !== ''};
  } catch {
    return {commit: 'unknown', dirty: true};
  }
}

const MEASURED = ['src', 'examples', 'bench', ':!bench/results', ':!*.md'];
