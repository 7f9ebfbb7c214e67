import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runLocalOnce } from '#test/support/local-process.ts';
import { joinStage } from './join-stage.ts';
import { apply, manifestFor } from './manifests.ts';
import { untilReady } from './outcomes.ts';
import { openScene } from './scene.ts';
import type { Stage } from './stage.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await joinStage();
});

afterAll(() => stage?.stop());

const secondsOf = async <T>(work: Promise<T>) => {
  const startedAt = performance.now();
  const result = await work;
  return { result, seconds: (performance.now() - startedAt) / 1000 };
};

describe('nodeeni local', () => {
  it('exits with 0 within five seconds of SIGTERM', async () => {
    await using scene = await openScene(stage);
    const local = await scene.startLocal();
    await apply(scene, manifestFor(scene.fleet));
    await untilReady(scene, 1);

    const { result, seconds } = await secondsOf(local.stop());

    expect(result).toEqual({ code: 0, signal: null });
    expect(seconds).toBeLessThan(5);
  });

  it('exits with 0 on SIGTERM in the middle of a call that hangs', async () => {
    await using scene = await openScene(stage, { latencyMs: 1_500 });
    const local = await scene.startLocal();
    const isCreating = new Promise<void>((begun) => {
      scene.proxy.onCall(({ action }) => {
        if (action === 'CreateNetworkInterface') begun();
      });
    });
    await apply(scene, manifestFor(scene.fleet));
    await isCreating;
    // A time limit signals the process and its group: the second signal finds it ending.
    process.kill(local.pid, 'SIGTERM');
    await sleep(20);

    const { result, seconds } = await secondsOf(local.stop());

    expect(result).toEqual({ code: 0, signal: null });
    expect(seconds).toBeLessThan(5);
  });

  it('gives its lease back, so that a successor need not wait for it to run out', async () => {
    await using scene = await openScene(stage);
    const first = await scene.startLocal();
    await first.stop();

    const { result, seconds } = await secondsOf(scene.startLocal());

    expect((await fetch(`${result.url}/healthz`)).status).toBe(200);
    expect(seconds).toBeLessThan(5);
  });

  it('answers /metrics in the text format of Prometheus', async () => {
    await using scene = await openScene(stage);
    const local = await scene.startLocal();

    const answer = await fetch(`${local.url}/metrics`);

    expect(answer.headers.get('content-type')).toMatch(/^text\/plain/);
    expect(await answer.text()).toMatch(/^# TYPE \S+ (counter|gauge|histogram|summary)$/m);
  });
});

describe('nodeeni local --once', () => {
  it('does what there is to do, prints it and exits with 0', async () => {
    await using scene = await openScene(stage);
    await apply(scene, manifestFor(scene.fleet));

    const { code, stdout } = await runLocalOnce(scene.localOptions);

    expect(code).toBe(0);
    expect(stdout.trim()).not.toBe('');
    expect(await scene.interfaces()).toEqual([
      expect.objectContaining({ status: 'in-use', deviceIndex: 2, deleteOnTermination: true }),
    ]);
    expect((await scene.client.nodeEni('data'))?.status?.summary).toBe('1/1');
  });
});
