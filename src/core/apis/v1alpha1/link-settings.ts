import { z } from 'zod';
import { MOST } from './bounds.ts';

/** The kernel takes none that is longer (IFNAMSIZ, Linux), and CNI plugins look links up by names of this length. */
const LONGEST_LINK_NAME = 15;

/** A name for a link, as an alternative name: no slash, blank or colon, as the kernel has it (dev_valid_name, Linux). */
export const linkNameSchema = z.string().meta({
  maxLength: LONGEST_LINK_NAME,
  pattern: '^[A-Za-z][A-Za-z0-9_.-]*$',
});

const count = (most: number) => z.int().min(1).max(most).optional();
const whole = (most: number) => z.int().min(0).max(most).optional();

/** A setting of the kernel for one link, with `IFNAME` for the link's name, as the CNI plugin `tuning` writes it. */
export const LINK_SYSCTL = /^net\.(ipv[46])\.(conf|neigh)\.IFNAME\.([a-z0-9_]{1,48})$/;

/** As `ethtool -k` shows them. */
const OFFLOAD = /^[a-z][a-z0-9_-]*$/;

/** How a link works, beside its MTU and its names. What is absent is left as it is. */
export const linkSettingsSchema = z.object({
  txQueueLength: whole(1_000_000).meta({
    description: 'Packets that wait for the driver at most (txqueuelen).',
  }),
  rings: z
    .object({
      rx: count(65_536).meta({ description: 'Descriptors of each receive ring.' }),
      tx: count(65_536).meta({ description: 'Descriptors of each transmit ring.' }),
    })
    .optional()
    .meta({ description: 'Sizes of the rings of the device (ethtool -G).' }),
  channels: z
    .object({ rx: count(1024), tx: count(1024), combined: count(1024) })
    .optional()
    .meta({ description: 'How many queues the device has (ethtool -L).' }),
  coalescing: z
    .object({
      adaptiveRx: z.boolean().optional(),
      adaptiveTx: z.boolean().optional(),
      rxUsecs: whole(1_000_000),
      txUsecs: whole(1_000_000),
      rxFrames: whole(65_536),
      txFrames: whole(65_536),
    })
    .optional()
    .meta({ description: 'How long interrupts wait for more packets (ethtool -C).' }),
  offloads: z
    .record(
      z.string().regex(OFFLOAD, 'this is no name of an offload: write it as ethtool -k does'),
      z.boolean(),
    )
    .optional()
    .meta({
      maxProperties: MOST.offloads,
      description: 'Work that the device does for the kernel, by the names of ethtool -k.',
    }),
  sysctls: z
    .record(
      z.string().regex(LINK_SYSCTL, 'this is no setting of a link: write net.ipv4.conf.IFNAME.…'),
      z.int().min(-2_147_483_648).max(2_147_483_647),
    )
    .optional()
    .meta({
      maxProperties: MOST.sysctls,
      description:
        'Settings of the kernel for the link, with IFNAME for its name: net.ipv4.conf.IFNAME.rp_filter.',
    }),
});

export type LinkSettings = z.infer<typeof linkSettingsSchema>;
