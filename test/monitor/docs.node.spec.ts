import {readFileSync} from 'node:fs';
import * as dtp from 'tfjs-dtp';
import {cheapDiagnostics} from '../../src/monitor/index';

describe('docs/monitoring.md', () => {
  const page = readFileSync('docs/monitoring.md', 'utf8');

  it('has a row for every diagnostic, and for no other', () => {
    const rows = [...page.matchAll(/^\| `([a-zA-Z]+)` \| `/gm)].map(([, name]) => name);
    expect(rows).toEqual(Object.keys(dtp.diagnostics));
  });

  it('names the diagnostics that are measured by default', () => {
    expect(page).toContain(`\`[${cheapDiagnostics.map((name) => `'${name}'`).join(', ')}]\``);
  });
});
