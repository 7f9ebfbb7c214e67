import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runOrThrow } from '#test/support/servers/run-command.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'nodeeni-shells-'));
  for (const name of ['nodeeni', 'kubectl-nodeeni', 'kubectl_complete-nodeeni'])
    symlinkSync(resolve('bin/nodeeni.js'), join(folder, name));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = async (command: string, ...args: readonly string[]): Promise<readonly string[]> => {
  const env = { PATH: [folder, process.env.PATH].join(delimiter), HOME: folder };
  return (await runOrThrow(command, args, { env })).trim().split('\n');
};

/** How each shell is asked without a terminal; zsh's own functions for that need one, and are stood in for. */
const SHELLS = {
  bash: (words: readonly string[]) => [
    '-c',
    `source <(nodeeni completion bash)
     COMP_WORDS=(nodeeni ${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length}
     _nodeeni; printf '%s\\n' "\${COMPREPLY[@]}"`,
  ],
  zsh: (words: readonly string[]) => [
    '-fc',
    `compdef() { true }; _files() { true }; _describe() { print -l -- "\${(@P)2}" }
     source <(nodeeni completion zsh)
     words=(nodeeni ${words.map((word) => `'${word}'`).join(' ')}); CURRENT=${words.length + 1}; _nodeeni; true`,
  ],
  fish: (words: readonly string[]) => [
    '-c',
    `nodeeni completion fish | source; complete -C "nodeeni ${words.join(' ')}"`,
  ],
};

const wordOf = (line: string): string => line.split(/[\t:]/)[0] ?? '';

describe.each(Object.entries(SHELLS))('%s', (shell, ask) => {
  it('completes commands, options and choices', async () => {
    const answers = {
      command: await run(shell, ...ask(['un'])),
      option: await run(shell, ...ask(['manifests', '--agent-i'])),
      choice: await run(shell, ...ask(['version', '--output', ''])),
    };

    expect(answers.command.map(wordOf)).toEqual(['uninstall']);
    expect(answers.option.map(wordOf)).toEqual(['--agent-image']);
    expect(answers.choice.map(wordOf).toSorted()).toEqual(['json', 'text']);
  });
});

describe('kubectl', () => {
  it('completes the plugin', async () => {
    const lines = await run('kubectl', '__complete', 'nodeeni', 'version', '--output', '');

    expect(lines.map(wordOf).filter((line) => line !== '')).toEqual(
      expect.arrayContaining(['text', 'json']),
    );
  });
});
