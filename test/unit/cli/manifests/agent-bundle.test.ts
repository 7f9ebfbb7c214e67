import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readAgentBundle } from '#cli/manifests/agent-bundle.ts';

const createFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'nodeeni-bundle-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};

describe('readAgentBundle', () => {
  it('finds the bundle from the sources and from what was built of them', () => {
    const root = createFolder();
    mkdirSync(join(root, 'dist/agent'), { recursive: true });
    writeFileSync(join(root, 'dist/agent/agent.mjs'), 'agent');

    const found = ['src/cli/manifests', 'dist/cli'].map((folder) =>
      readAgentBundle(join(root, folder)),
    );

    expect(found).toEqual(['agent', 'agent']);
  });

  it('says how to build it when it is not there', () => {
    expect(() => readAgentBundle(createFolder())).toThrow('npm run build');
  });
});
