import { readdirSync } from 'node:fs';

const filesIn = (folder: string, extension: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(extension))
    .map((name) => `${folder}/${name}`);

/** TypeScript sources below a folder of the repository. */
export const sourcesIn = (folder: string): string[] => filesIn(folder, '.ts');

/** What people read before and while they run it. */
export const documents = (): string[] => [
  'README.md',
  'CONTRIBUTING.md',
  'stacks/OPTIONS.md',
  'node-agent/ssm/README.md',
  ...filesIn('docs', '.md'),
];
