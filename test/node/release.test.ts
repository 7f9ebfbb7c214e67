import { describe, expect, it, onTestFinished } from 'vitest';
import { eventually } from '#test/e2e/outcomes.ts';
import { createNamespace } from '#test/support/node/namespace.ts';
import { AS_ASKED, createSettledStage, LINK, SLOT } from '#test/support/node/settled-stage.ts';

const RELEASING = { [SLOT]: { phase: 'Releasing', generation: 2 } } as const;

describe('an interface that is to be let go', () => {
  it('is down and has its own name only, before that is reported', async () => {
    const { host, ask, reported } = await createSettledStage();

    await ask(RELEASING);

    await eventually(async () =>
      expect(await reported()).toMatchObject({ [SLOT]: { released: true, generation: 2 } }),
    );
    expect((await reported())[SLOT]).not.toHaveProperty('configured');
    expect(await host.link(LINK)).toMatchObject({ isUp: false, altNames: [] });
  });

  it('is kept while a pod has a link on it, and let go when the pod ends', async () => {
    const { host, ask, reported } = await createSettledStage();
    const pod = await createNamespace();
    onTestFinished(pod.remove);
    await host.namespace.ip('link', 'add', 'name', 'net1', 'link', LINK, 'type', 'macvlan');
    await host.namespace.ip('link', 'set', 'dev', 'net1', 'netns', pod.name);
    const program = pod.start(['sleep', '600']);
    await ask(RELEASING);
    await eventually(async () =>
      expect(await reported()).toMatchObject({
        [SLOT]: {
          released: false,
          reason: 'InUse',
          inUseBy: expect.stringContaining(`sleep (process ${program.pid}`),
        },
      }),
    );
    const meanwhile = await host.link(LINK);

    await pod.remove();

    await eventually(async () =>
      expect(await reported()).toMatchObject({ [SLOT]: { released: true } }),
    );
    expect(meanwhile).toMatchObject({ isUp: true, altNames: AS_ASKED.altNames });
    expect((await reported())[SLOT]).not.toHaveProperty('inUseBy');
  });
});
