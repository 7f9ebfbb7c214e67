import { describe, expect, it } from 'vitest';
import { complete } from '#cli/completion/candidates.ts';
import { argumentsFor, createProgram, nameFor } from '#cli/program.ts';

const program = createProgram(() => undefined);

const wordsFor = (...words: readonly string[]): readonly string[] =>
  complete(program, words).candidates.map(({ word }) => word);

describe('the completion of words', () => {
  it('offers every command but the one that scripts ask', () => {
    const commands = wordsFor('');

    expect(commands).toContain('plan');
    expect(commands).toContain('completion');
    expect(commands).not.toContain('complete');
  });

  it('offers what begins as the typed word does', () => {
    expect(wordsFor('un')).toEqual(['uninstall']);
    expect(wordsFor('manifests', '--agent-')).toEqual(['--agent-image', '--agent-fit']);
  });

  it('offers the choices of an option and of an argument', () => {
    expect(wordsFor('version', '--output', '')).toEqual(['text', 'json']);
    expect(wordsFor('version', '-o', 'j')).toEqual(['json']);
    expect(wordsFor('completion', '')).toEqual(['bash', 'zsh', 'fish']);
  });

  it('says what each word is for', () => {
    const [first] = complete(program, ['plan']).candidates;

    expect(first?.description).toMatch(/^print what would be done/);
  });

  it('leaves a value that can be anything to the shell', () => {
    expect(complete(program, ['local', '--kubeconfig', ''])).toEqual({
      candidates: [],
      files: true,
    });
    expect(complete(program, ['version', 'x'])).toEqual({ candidates: [], files: false });
  });
});

describe('the program', () => {
  it('is called as it was started', () => {
    expect(nameFor(['node', '/usr/bin/kubectl-nodeeni', 'plan'])).toBe('kubectl nodeeni');
    expect(nameFor(['node', '/checkout/bin/nodeeni.js', 'plan'])).toBe('nodeeni');
  });

  it('completes for kubectl under the name that kubectl looks for', () => {
    const words = argumentsFor(['node', '/usr/bin/kubectl_complete-nodeeni', 'pl']);

    expect(words).toEqual(['complete', '--', 'pl']);
  });
});
