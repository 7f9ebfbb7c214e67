import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { runOrThrow } from '#test/support/servers/run-command.ts';
import product from '../../package.json' with { type: 'json' };
import { ensureTool } from './tools.ts';

const FOLDER = 'dist/release';
const read = (file: string): string => readFileSync(join(FOLDER, file), 'utf8');

beforeAll(async () => runOrThrow('.ci/artefacts', [], { env: { HELM: await ensureTool('helm') } }));

describe('the artefacts of a release', () => {
  it('are the package, the chart, the manifests and an SBOM of this version', () => {
    const { version } = product;

    expect(readdirSync(FOLDER).toSorted()).toEqual([
      'checksums.txt',
      `nodeeni-${version}.cdx.json`,
      `nodeeni-${version}.tgz`,
      `nodeeni-${version}.yaml`,
      `nodeeni-chart-${version}.tgz`,
    ]);
  });

  it('have checksums that fit', async () => {
    const answer = await runOrThrow('sha256sum', ['--check', '--strict', 'checksums.txt'], {
      cwd: FOLDER,
    });

    expect(answer.trim().split('\n')).toHaveLength(readdirSync(FOLDER).length - 1);
  });

  it('list in the SBOM what is in the bundles, with licences, and nothing else', () => {
    const { components } = JSON.parse(read(`nodeeni-${product.version}.cdx.json`)) as {
      readonly components: readonly { readonly name: string; readonly licenses?: object[] }[];
    };
    const names = components.map(({ name }) => name);

    expect(names).toEqual(expect.arrayContaining(['commander', '@aws-sdk/client-ec2', 'zod']));
    expect(names).not.toContain('vitest');
    expect(components.filter(({ licenses = [] }) => licenses.length === 0)).toEqual([]);
  });

  it('have a chapter in the changelog', () => {
    expect(readFileSync('CHANGELOG.md', 'utf8')).toMatch(
      new RegExp(
        `^## \\[${product.version.replaceAll('.', '\\.')}\\] - \\d{4}-\\d\\d-\\d\\d$`,
        'm',
      ),
    );
  });
});
