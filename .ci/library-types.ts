import { execFileSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const OUT = 'dist/library/types';
const CONFIG = 'dist/library/tsconfig.json';

/** Folders of the package's own imports (`imports` in package.json). */
const OWN = /(['"])#(core|providers|operator|runtime|simulator|cli)\/([^'"]+)\.ts\1/g;
const FUNCTIONS = /(['"])#functions\/([^'"]+)\.ts\1/g;
const RELATIVE = /(['"])(\.{1,2}\/[^'"]+)\.ts\1/g;
const ZOD = /(['"])zod(\/mini)?\1/g;

const declare = (): void => {
  writeFileSync(
    CONFIG,
    JSON.stringify({
      extends: '../../tsconfig.json',
      compilerOptions: {
        noEmit: false,
        declaration: true,
        emitDeclarationOnly: true,
        rootDir: '../..',
        outDir: 'types',
      },
      include: ['../../src/library/*.ts'],
    }),
  );
  execFileSync('node_modules/.bin/tsc', ['--project', CONFIG], { stdio: 'inherit' });
  rmSync(CONFIG);
};

/** Nobody has our sources, nor what they are built with: declarations find each other by their places. */
const placed = (file: string, text: string): string => {
  const to = (target: string): string => {
    const path = relative(dirname(file), join(OUT, target));
    return `'${path.startsWith('.') ? path : `./${path}`}'`;
  };
  return text
    .replace(OWN, (_, _quote, folder: string, path: string) => to(`src/${folder}/${path}.js`))
    .replace(FUNCTIONS, (_, _quote, path: string) => to(`functions/${path}.js`))
    .replace(RELATIVE, (_, _quote, path: string) => `'${path}.js'`)
    .replace(ZOD, (_, _quote, part = '') => to(`zod${part}/index.js`));
};

const declarationsIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.d.ts'))
    .map((name) => join(folder, name));

rmSync(OUT, { recursive: true, force: true });
declare();
for (const file of declarationsIn(OUT))
  writeFileSync(file, placed(file, readFileSync(file, 'utf8')));
// The types of the objects are made from their schemas, whose types are zod's.
cpSync('node_modules/zod', join(OUT, 'zod'), {
  recursive: true,
  filter: (path) =>
    !/\/zod\/(v3|src)$/.test(path) && (!/\.[a-z]+$/.test(path) || /\.d\.ts$|LICENSE/.test(path)),
});
