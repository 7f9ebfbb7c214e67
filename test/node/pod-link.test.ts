import { describe, expect, it, onTestFinished } from 'vitest';
import { eventually } from '#test/e2e/outcomes.ts';
import { createNamespace } from '#test/support/node/namespace.ts';
import { attachmentOf, rowOf, slotOf } from '#test/support/node/rows.ts';
import { AS_ASKED, createSettledStage, LINK } from '#test/support/node/settled-stage.ts';
import { createStage } from '#test/support/node/stage.ts';

/** The steps of the CNI plugin host-device (containernetworking/plugins, plugins/main/host-device). */
const giveToPod = async (
  host: { readonly ip: (...args: readonly string[]) => Promise<string> },
  link: string,
  nameInPod: string,
): Promise<void> => {
  const [between, pod] = [await createNamespace(), await createNamespace()];
  onTestFinished(between.remove);
  onTestFinished(pod.remove);
  await host.ip('link', 'set', 'dev', link, 'netns', between.name);
  await between.ip('link', 'set', 'dev', link, 'name', nameInPod);
  await between.ip('link', 'set', 'dev', nameInPod, 'netns', pod.name);
  await pod.ip('link', 'show', 'dev', nameInPod);
};

describe('a link that a pod is given', () => {
  it('may be called by the name of its index there, when the device plugin offers it', async () => {
    const { host, ask, startAgent } = await createStage();
    await ask({
      [slotOf(2)]: rowOf(2, { pciAddress: '0000:00:02.0', resourceName: 'amazon.com/ena' }),
    });
    startAgent();
    await host.attach(attachmentOf(2, LINK));
    await eventually(async () =>
      expect(await host.link(LINK)).toMatchObject({ isUp: true, altNames: ['eni-02'] }),
    );

    await giveToPod(host.namespace, LINK, 'eth2');
  });

  it('may not be called there by a name that the user gave it on the host', async () => {
    const { host, ask, startAgent } = await createStage();
    await ask({ [slotOf(2)]: rowOf(2, { linkName: 'sig0' }) });
    startAgent();
    await host.attach(attachmentOf(2, LINK));
    await eventually(async () =>
      expect(await host.link(LINK)).toMatchObject({ isUp: true, altNames: ['eni-02', 'sig0'] }),
    );

    await expect(giveToPod(host.namespace, LINK, 'sig0')).rejects.toThrow('File exists');
  });

  it('may have any other name there', async () => {
    const { host } = await createSettledStage();
    await eventually(async () => expect(await host.link(LINK)).toEqual(AS_ASKED));

    await giveToPod(host.namespace, LINK, 'net1');
  });
});

describe('the index of a link', () => {
  it.each([
    ['the first card', [2, 3]],
    ['the second card', [3, 2]],
  ] as const)(
    'names the link of the first card, also when that of %s comes first',
    async (_what, order) => {
      const { host, ask, reported, startAgent } = await createStage();
      await ask({
        [slotOf(2)]: rowOf(2),
        [slotOf(3)]: rowOf(3, { deviceIndex: 2, networkCardIndex: 1 }),
      });
      startAgent();

      for (const number of order) {
        await host.attach(attachmentOf(number, `ens${number}`));
        await eventually(async () =>
          expect(await reported()).toMatchObject({ [slotOf(number)]: { configured: true } }),
        );
      }

      expect(await host.link('ens2')).toMatchObject({ altNames: ['eni-02', 'eth2'] });
      expect(await host.link('ens3')).toMatchObject({ altNames: ['eni-03'] });
      expect((await reported())[slotOf(3)]).not.toHaveProperty('reason');
    },
  );
});
