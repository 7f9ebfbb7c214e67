import fc from 'fast-check';
import { MOST } from '#core/apis/v1alpha1/bounds.ts';
import { nodeEniNameOf } from '#core/apis/v1alpha1/node-eni-state.ts';
import { anyText } from './any-text.ts';
import type { HostileCluster } from './hostile-cluster.ts';

/** Whose id a hostile row names; the id is only known once the cluster is there. */
const OWNERS = [
  'own of the slot',
  'own data',
  'own wan',
  'data of the victim',
  'wan of the victim',
  'data of the waiting',
  'own primary',
  'primary of the victim',
  'foreign',
  'of another cluster',
  'nobody',
] as const;

type Owner = (typeof OWNERS)[number];

/** The longest text that the schema lets into a row; what is longer the API server refuses. */
const HUGE = 'x'.repeat(MOST.characters);

const text = fc.oneof(
  fc.constant(HUGE),
  fc.constantFrom(
    ...['', '__proto__', 'constructor', '../../etc/passwd', '$(reboot)', '\u0000', '\u202E'],
    ...['SubnetFull', 'NeedsAdoption', 'Paused', 'Deleting', 'two words', '<script>', 'eth2'],
  ),
  anyText(40),
);

const row = fc.record(
  {
    // Half of the time a row that counts: lies about others are told apart by id and generation.
    owner: fc.oneof(fc.constant('own of the slot' as const), fc.constantFrom(...OWNERS)),
    generation: fc.oneof(
      fc.constant('current'),
      fc.constantFrom(0, -1, 1, 2, 3, 2 ** 31, Number.MAX_SAFE_INTEGER),
    ),
    released: fc.boolean(),
    configured: fc.boolean(),
    interfaceName: text,
    pciAddress: text,
    driver: text,
    inUseBy: text,
    reason: text,
    message: text,
    mtu: fc.constantFrom(0, -1, 9001, Number.MIN_SAFE_INTEGER),
  },
  { requiredKeys: ['owner', 'generation'] },
);

const slot = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('data', 'wan') },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      ...['__proto__', 'constructor', 'toString', '', '/', 'data/', 'data/subnet-0#eni-0', HUGE],
      ...['kube-system/subnet-0', '../data/subnet-0', 'data/subnet-0/x'],
    ),
  },
  { weight: 1, arbitrary: anyText(40) },
);

/** What the agent of a node that somebody took over may say, before its words are made of the ids of a cluster. */
export const hostileRows = fc.array(fc.tuple(slot, row), { minLength: 1, maxLength: 6 });

export type HostileRows = readonly (readonly [string, { owner: Owner; generation: unknown }])[];

const idOf = (owner: Owner, slot: string, cluster: HostileCluster): string => {
  const { hostile, victim, eniOn: on } = cluster;
  switch (owner) {
    case 'own of the slot':
      return on(hostile, nodeEniNameOf(slot));
    case 'own data':
      return on(hostile, 'data');
    case 'own wan':
      return on(hostile, 'wan');
    case 'data of the victim':
      return on(victim, 'data');
    case 'wan of the victim':
      return on(victim, 'wan');
    case 'data of the waiting':
      return on(cluster.waiting, 'data');
    case 'own primary':
      return cluster.primaryOf(hostile);
    case 'primary of the victim':
      return cluster.primaryOf(victim);
    case 'foreign':
      return cluster.foreign;
    case 'of another cluster':
      return cluster.ofAnotherCluster;
    case 'nobody':
      return 'eni-0123456789abcdef0';
    default:
      return owner satisfies never;
  }
};

/** The `status.host` that these rows make in this cluster. */
export const hostOf = async (rows: HostileRows, cluster: HostileCluster): Promise<object> => {
  const { spec } = await cluster.stateOf(cluster.hostile);
  const records = spec.interfaces ?? {};
  const entries = rows.map(([key, { owner, generation, ...said }]) => {
    const own = Object.keys(records).find((name) => name.startsWith(`${key}/`)) ?? key;
    return [
      own,
      {
        ...said,
        eniId: idOf(owner, own, cluster),
        generation: generation === 'current' ? (records[own]?.generation ?? 1) : generation,
      },
    ] as const;
  });
  return Object.fromEntries(entries);
};
