import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { type FunctionName, resourceNameOf } from '#stacks/function-settings.ts';
import { runOrThrow } from '#test/support/servers/run-command.ts';
import { createTemporaryFolder } from '#test/support/servers/temporary-folder.ts';
import { REGION } from './aws-stand-in.ts';
import { ROOT } from './platform.ts';
import { resourceOf, type Synthesis } from './synthesis.ts';

const START = `
const since = performance.now();
const { handler } = await import('./index.mjs');
console.log(JSON.stringify({ handler: typeof handler, milliseconds: performance.now() - since }));
`;

export interface Start {
  /** What the handler is; Lambda calls a function. */
  readonly handler: string;
  readonly milliseconds: number;
}

const median = (numbers: readonly number[]): number =>
  numbers.toSorted((left, right) => left - right)[Math.floor(numbers.length / 2)] ?? 0;

/**
 * Starts a bundle as Lambda would: with no file but its own and no variable but those that the deploy gives it. In: how
 * often. Out: the median of the times its modules took to load, on this machine.
 */
export const startBundle = async (
  synthesis: Synthesis,
  name: FunctionName,
  times = 1,
): Promise<Start> => {
  const { inputs } = resourceOf(
    synthesis,
    'aws:lambda/function:Function',
    `${resourceNameOf(name)}Function`,
  );
  const { variables } = inputs.environment as { variables: Record<string, string> };
  // `env -i`, since a child otherwise gets the variables of the tests.
  const environment = Object.entries({ ...variables, AWS_REGION: REGION }).map(
    ([key, value]) => `${key}=${value}`,
  );
  const folder = createTemporaryFolder(name);
  try {
    await cp(join(ROOT, 'dist', 'functions', name), folder.path, { recursive: true });
    const args = ['-i', ...environment, process.execPath, '--input-type=module', '-e', START];
    const starts: Start[] = [];
    while (starts.length < times)
      starts.push(JSON.parse(await runOrThrow('env', args, { cwd: folder.path })) as Start);
    const milliseconds = Math.round(median(starts.map((start) => start.milliseconds)));
    return { handler: starts[0]?.handler ?? '', milliseconds };
  } finally {
    await folder.remove();
  }
};
