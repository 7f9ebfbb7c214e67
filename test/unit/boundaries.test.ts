import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ALLOWED, type Attempt, REFUSED } from './boundary-cases.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

interface Diagnostic {
  readonly category: string;
  readonly location: { readonly path: string };
}

interface Planted {
  readonly file: string;
  readonly code: string;
}

const FORMS: readonly ((specifier: string) => string)[] = [
  (specifier) => `import { planted } from '${specifier}';\nexport const use = planted;\n`,
  (specifier) => `import type { Planted } from '${specifier}';\nexport type Use = Planted;\n`,
  (specifier) => `export const use = await import('${specifier}');\n`,
];

let folder: string;
const refusals = new Map<string, Set<string>>();
const files = new Map<string, string>();

const nameOf = (file: string, specifier: string, form: number): string =>
  `${file} ${specifier} ${form}`;

/** One file for each form of each import, so that one run of the linter tells them all. */
const plant = (cases: readonly Attempt[]): Planted[] =>
  cases.flatMap(([file, ...specifiers]) =>
    specifiers.flatMap((specifier) =>
      FORMS.map((form, index) => {
        const planted = join(dirname(file), `planted-${files.size}.ts`);
        files.set(nameOf(file, specifier, index), planted);
        return { file: planted, code: form(specifier) };
      }),
    ),
  );

const lint = async (): Promise<readonly Diagnostic[]> => {
  const biome = join(ROOT, 'node_modules/.bin/biome');
  const args = ['lint', '--vcs-enabled=false', '--reporter=json', '--max-diagnostics=none', '.'];
  const run = promisify(execFile)(biome, args, { cwd: folder, maxBuffer: 2 ** 26 });
  // The linter ends with 1 because it finds what it is to find.
  const { stdout } = await run.catch((error: { readonly stdout: string }) => error);
  return JSON.parse(stdout).diagnostics;
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'nodeeni-boundaries-'));
  copyFileSync(join(ROOT, 'biome.json'), join(folder, 'biome.json'));
  const environment = {
    file: 'src/core/environment.ts',
    code: 'export const a = process.env.A;\n',
  };
  for (const { file, code } of [...plant(REFUSED), ...plant(ALLOWED), environment]) {
    mkdirSync(join(folder, dirname(file)), { recursive: true });
    writeFileSync(join(folder, file), code);
  }
  for (const { category, location } of await lint()) {
    const file = location.path.replaceAll(sep, '/');
    refusals.set(file, (refusals.get(file) ?? new Set()).add(category));
  }
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const isRefused = (file: string, specifier: string, form: number): boolean =>
  refusals
    .get(files.get(nameOf(file, specifier, form)) ?? '')
    ?.has('lint/style/noRestrictedImports') ?? false;

const flat = (cases: readonly Attempt[]) =>
  cases.flatMap(([file, ...specifiers]) =>
    specifiers.map((specifier) => ({ folder: dirname(file), file, specifier })),
  );

describe('the linter', () => {
  it.each(flat(REFUSED))('refuses $specifier in $folder, however it is written', (planted) => {
    const verdicts = FORMS.map((_, form) => isRefused(planted.file, planted.specifier, form));

    expect(verdicts).toEqual([true, true, true]);
  });

  it.each(flat(ALLOWED))('lets $specifier pass in $folder', (planted) => {
    const verdicts = FORMS.map((_, form) => isRefused(planted.file, planted.specifier, form));

    expect(verdicts).toEqual([false, false, false]);
  });

  it('refuses the environment in src/core', () => {
    expect(refusals.get('src/core/environment.ts')).toContain('lint/style/noRestrictedGlobals');
  });
});
