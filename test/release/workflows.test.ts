import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCommand } from '#test/support/servers/run-command.ts';
import { ensureTool } from './tools.ts';

const FOLDER = '.github/workflows';
const files = readdirSync(FOLDER);
const textOf = (file: string): string => readFileSync(join(FOLDER, file), 'utf8');

describe('the workflows', () => {
  it('are clean to actionlint', async () => {
    const actionlint = await ensureTool('actionlint');

    const { code, stdout, stderr } = await runCommand(
      actionlint,
      files.map((file) => join(FOLDER, file)),
    );

    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it.each(files)('%s pins each action by its commit, and begins without rights', (file) => {
    const text = textOf(file);
    const used = [...text.matchAll(/uses: (\S+)/g)].map(([, action]) => action);

    expect(used.length).toBeGreaterThan(0);
    expect(used.filter((action) => !/@[0-9a-f]{40}$/.test(action ?? ''))).toEqual([]);
    expect(text).toMatch(/^permissions: \{\}$/m);
  });
});
