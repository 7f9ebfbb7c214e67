import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runSimulate, type SimulateOptions } from '#cli/simulate/run.ts';
import type { Summary } from '#cli/simulate/summary.ts';
import { FLEET } from './builders.ts';

let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'nodeeni-'));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

const run = async (options: Partial<SimulateOptions> = {}) => {
  let text = '';
  let progress = '';
  let nowMs = 0;
  const code = await runSimulate(
    { ...FLEET, nodes: 30, interfaces: 2, isJson: false, ...options },
    {
      write: (part) => {
        text += part;
      },
      writeProgress: (part) => {
        progress += part;
      },
      isTerminal: false,
      isProgressTerminal: false,
      now: () => {
        nowMs += 1000;
        return nowMs;
      },
    },
  );
  return { code, text, progress };
};

const figures = async (options: Partial<SimulateOptions> = {}): Promise<Summary> =>
  JSON.parse((await run({ ...options, isJson: true })).text);

describe('nodeeni simulate', () => {
  it('runs the product until every interface is ready, with three changing calls for each', async () => {
    const { hasConverged, calls, summary, ...summaryOfRun } = await figures();

    expect(hasConverged).toBe(true);
    expect(summary).toBe('60/60');
    expect(calls.filter(({ action }) => !action.startsWith('Describe'))).toEqual(
      ['CreateNetworkInterface', 'AttachNetworkInterface', 'ModifyNetworkInterfaceAttribute'].map(
        (action) => ({ action, calls: 60, refused: 0 }),
      ),
    );
    expect(summaryOfRun.leastSeconds).toBe(8);
    expect(summaryOfRun.seconds).toBeGreaterThanOrEqual(8);
    expect(summaryOfRun.functions.reconcile?.invocations).toBeGreaterThan(0);
    expect(summaryOfRun.cost.lines.every(({ amount }) => amount > 0)).toBe(true);
  });

  it('keeps every second within the budget', async () => {
    const { peaks } = await figures();

    expect(peaks).toHaveLength(3);
    expect(peaks.every(({ calls, budget }) => calls > 0 && calls <= budget)).toBe(true);
  });

  it('lets EC2 refuse calls when the account’s bucket is small, and converges all the same', async () => {
    const buckets = { CreateNetworkInterface: { size: 20, refillPerSecond: 2 } };

    const { hasConverged, refusedCalls, leastSeconds, seconds } = await figures({ buckets });

    expect(hasConverged).toBe(true);
    expect(refusedCalls).toBeGreaterThan(0);
    expect(leastSeconds).toBe(20);
    expect(seconds).toBeGreaterThanOrEqual(20);
  });

  it('is the same each time', async () => {
    const [first, second] = [await run(), await run()];

    expect(first.code).toBe(0);
    expect(second.text).toBe(first.text);
  });

  it('shows a chart in plain text and writes one to a file', async () => {
    const svg = join(folder, 'launch.svg');

    const { text } = await run({ svg });

    expect(text).toContain('Interfaces ready over time');
    expect(text).not.toContain('\u001B');
    expect(readFileSync(svg, 'utf8')).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
  });

  it('tells how far it is beside the result', async () => {
    const { text, progress } = await run();

    expect(progress).toMatch(/^\d+ of 60 interfaces ready after \d+ virtual seconds\n/);
    expect(text).not.toContain('virtual seconds');
  });

  it('refuses a file that cannot be written, and a fleet that cannot be, before it runs', async () => {
    const svg = join(folder, 'no', 'such', 'folder.svg');

    await expect(run({ svg })).rejects.toThrow(/^The chart cannot be written to .* \(ENOENT\)/);
    await expect(run({ interfaces: 8, svg: join(folder, 'none.svg') })).rejects.toThrow(
      '--interfaces 1 to 7',
    );
    expect(existsSync(join(folder, 'none.svg'))).toBe(false);
  });
});
