import { describe, expect, it } from 'vitest';
import { runSteps, type Step } from '#test/report/run-steps.ts';

const step = (name: string, code: string): Step => ({
  name,
  command: [process.execPath, '-e', code],
});

const runAll = async (...steps: readonly Step[]) => {
  const written: string[] = [];
  const broken = await runSteps(steps, (text) => written.push(text));
  return { broken, output: written.join('') };
};

describe('runSteps', () => {
  it('writes a line with the time for each step, and nothing of what a good step says', async () => {
    const { broken, output } = await runAll(
      step('format', 'console.log("all fine")'),
      step('types', ''),
    );

    expect(broken).toBeUndefined();
    expect(output).toMatch(/^format +\d+\.\d s\ntypes +\d+\.\d s\n$/);
  });

  it('shows how many tests passed', async () => {
    const { output } = await runAll(step('tests', 'console.log("7 passed, 0 failed")'));

    expect(output).toMatch(/ s {2}7 passed, 0 failed\n$/);
  });

  it('stops at the first failure and shows all it said, errors included', async () => {
    const { broken, output } = await runAll(
      step('format', ''),
      step('lint', 'console.log("found it"); console.error("and told it"); process.exitCode = 3'),
      step('types', 'console.log("never seen")'),
    );

    expect(broken).toBe('lint');
    expect(output).toMatch(/lint +\d+\.\d s {2}broken\nfound it\nand told it\n$/);
  });

  it('takes a program that is not there, or one that is killed, for a failure', async () => {
    const missing = await runAll({ name: 'lint', command: ['no-such-linter'] });
    const killed = await runAll(step('tests', 'process.kill(process.pid, "SIGKILL")'));

    expect(missing).toMatchObject({ broken: 'lint', output: expect.stringContaining('ENOENT') });
    expect(killed.broken).toBe('tests');
  });
});
