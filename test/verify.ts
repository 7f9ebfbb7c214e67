import { existsSync } from 'node:fs';
import { delimiter } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runSteps, type Step } from './report/run-steps.ts';

process.chdir(fileURLToPath(new URL('../', import.meta.url)));
process.env.PATH = ['node_modules/.bin', process.env.PATH].join(delimiter);

// A copy without its history has nothing to compare with.
const compared: readonly Step[] = existsSync('.git')
  ? [
      {
        name: 'generated',
        command: ['git', 'diff', '--exit-code', '--', 'crds', 'stacks', 'docs'],
      },
    ]
  : [];

const steps: readonly Step[] = [
  { name: 'generate', command: ['npm', 'run', '--silent', 'generate'] },
  ...compared,
  { name: 'format', command: ['biome', 'format', '.'] },
  {
    name: 'lint',
    command: ['biome', 'check', '--formatter-enabled=false', '--error-on-warnings', '.'],
  },
  { name: 'promises', command: ['oxlint', '--type-aware', '--deny-warnings', '.'] },
  { name: 'dead code', command: ['knip'] },
  { name: 'types', command: ['tsc', '--noEmit'] },
  { name: 'unit tests', command: ['vitest', 'run', '--project', 'unit'] },
];

const broken = await runSteps(steps, (text) => process.stdout.write(text));
process.stdout.write(broken === undefined ? 'clean\n' : `not clean: ${broken}\n`);
process.exitCode = broken === undefined ? 0 : 1;
