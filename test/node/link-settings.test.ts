import { describe, expect, it } from 'vitest';
import type { SlotSpec } from '#core/apis/v1alpha1/node-eni-state.ts';
import { eventually } from '#test/e2e/outcomes.ts';
import { attachmentOf, rowOf, slotOf } from '#test/support/node/rows.ts';
import { LINK, SLOT } from '#test/support/node/settled-stage.ts';
import { createStage } from '#test/support/node/stage.ts';

const RP_FILTER = 'net.ipv4.conf.IFNAME.rp_filter';

const startWith = async (changes: Partial<SlotSpec>) => {
  const stage = await createStage();
  await stage.ask({ [SLOT]: rowOf(2, changes) });
  stage.startAgent();
  await stage.host.attach(attachmentOf(2, LINK));
  return stage;
};

describe('the settings of a link', () => {
  it('are set in the kernel, read back, and set again after somebody changes them', async () => {
    const { host, reported } = await startWith({
      link: { txQueueLength: 2000, sysctls: { [RP_FILTER]: 2 } },
    });
    const { namespace } = host;
    const settings = async () => {
      const [link] = JSON.parse(await namespace.ip('-j', 'link', 'show', 'dev', LINK));
      const file = `/proc/sys/net/ipv4/conf/${LINK}/rp_filter`;
      return [link.txqlen, (await namespace.run('cat', file)).trim()];
    };
    await eventually(async () =>
      expect(await reported()).toMatchObject({ [SLOT]: { configured: true } }),
    );
    const first = await settings();

    await namespace.run('sysctl', '-qw', `net.ipv4.conf.${LINK}.rp_filter=1`);
    await namespace.ip('link', 'set', 'dev', LINK, 'txqueuelen', '10');

    expect(first).toEqual([2000, '2']);
    await eventually(async () => expect(await settings()).toEqual([2000, '2']));
  });

  it('that the driver does not have are told with the reason, and the link works without them', async () => {
    // A veth has no rings; a host without ethtool says that.
    const { host, reported } = await startWith({ link: { rings: { rx: 512 } } });

    await eventually(async () =>
      expect(await reported()).toMatchObject({
        [SLOT]: {
          configured: false,
          reason: 'LinkSettingRefused',
          message: expect.stringMatching(/^Could not set rings of ens6: rx 512: .*ethtool/),
        },
      }),
    );
    expect(await host.link(LINK)).toMatchObject({ isUp: true, mtu: 9001 });
  });
});

describe('the name that a user gives a link', () => {
  it('reaches the link, and goes when another is asked for', async () => {
    const { host, ask } = await startWith({ linkName: 'sig0' });
    await eventually(async () => expect(await host.link(LINK)).toMatchObject({ isUp: true }));
    await eventually(async () => host.namespace.ip('link', 'show', 'dev', 'sig0'));

    await ask({ [slotOf(2)]: { linkName: 'media0', generation: 2 } });

    await eventually(async () =>
      expect(await host.link(LINK)).toMatchObject({ altNames: ['eni-02', 'media0'] }),
    );
  });
});
