import { createRandom, type Random } from '#simulator/random.ts';
import { SITUATIONS, type SituationName } from './situations/all.ts';
import { type Circumstances, drawCircumstances } from './situations/situation.ts';

/** Names of the NodeENIs and positions of the nodes that happenings are about; a position counts what there is then. */
export type NodeEniName = 'n0' | 'n1' | 'n2';

/** What a person may write into a NodeENI. */
export interface Wanted {
  readonly subnets: 'a' | 'both' | 'zones' | 'name';
  readonly groups: 'one' | 'two';
  readonly deviceIndex: number;
  readonly isRequired: boolean;
  readonly deleteOnTermination: boolean;
  readonly isPaused: boolean;
  readonly mtu: number;
  /** The host is told by Run Command, whether it has an agent or not. */
  readonly isBySsm: boolean;
  readonly team?: string;
  /** Secondary IPv4 addresses. */
  readonly addresses: number;
  readonly sourceDestCheck?: boolean;
  readonly description?: string;
}

/** How a call goes wrong while trouble lasts. */
export type CallTrouble = 'throttled' | 'lost-request' | 'lost-answer' | 'refused';

/** One thing that happens to the world, as data: a history can be cut, printed and played again. */
export type Happening =
  | { readonly kind: 'apply'; readonly name: NodeEniName; readonly wanted: Wanted }
  | { readonly kind: 'delete'; readonly name: NodeEniName }
  /** Somebody takes the finalizer off by hand, too. */
  | { readonly kind: 'force-delete'; readonly name: NodeEniName }
  /** Every NodeENI and every NodeENIState goes, finalizers or not. */
  | { readonly kind: 'wipe' }
  /** Somebody deletes a NodeENI, and every record before it. */
  | { readonly kind: 'clear-out'; readonly name: NodeEniName }
  /** Somebody deletes the record of an instance. */
  | { readonly kind: 'forget-state'; readonly node: number }
  | { readonly kind: 'add-node'; readonly zone: 'a' | 'b'; readonly hasAgent: boolean }
  | { readonly kind: 'label-node'; readonly node: number; readonly isMatching: boolean }
  | { readonly kind: 'delete-node-object'; readonly node: number }
  | { readonly kind: 'register-again'; readonly node: number }
  | { readonly kind: 'terminate'; readonly node: number }
  | { readonly kind: 'restart-instance'; readonly node: number }
  /** The host forgets what it was told; its kubelet takes a while to come back. */
  | { readonly kind: 'reboot'; readonly node: number; readonly forSeconds: number }
  | { readonly kind: 'scale'; readonly size: number }
  | { readonly kind: 'hand-detach'; readonly eni: number }
  | { readonly kind: 'hand-delete'; readonly eni: number }
  | { readonly kind: 'hand-move'; readonly eni: number; readonly node: number }
  | { readonly kind: 'hand-groups'; readonly eni: number }
  | { readonly kind: 'hand-flag'; readonly eni: number }
  | { readonly kind: 'take-index'; readonly node: number; readonly index: number }
  | { readonly kind: 'crash'; readonly afterCalls: number; readonly forSeconds: number }
  | { readonly kind: 'outage'; readonly of: 'ec2' | 'kubernetes'; readonly forSeconds: number }
  /** The API server cannot reach the webhook, and goes on without it. */
  | { readonly kind: 'webhook-away'; readonly forSeconds: number }
  /** The SSM Agent of an instance takes no command. */
  | { readonly kind: 'ssm-agent-away'; readonly node: number; readonly forSeconds: number }
  | {
      readonly kind: 'calls-fail';
      readonly of: 'ec2' | 'auto-scaling' | 'kubernetes' | 'ssm';
      readonly how: CallTrouble;
      readonly probability: number;
      readonly forSeconds: number;
    }
  | {
      readonly kind: 'events-suffer';
      readonly drop: number;
      readonly duplicate: number;
      readonly delay: number;
      readonly forSeconds: number;
    }
  | ({ readonly kind: 'surroundings'; readonly what: SituationName } & Circumstances);

export type Dated = Happening & { readonly atSeconds: number };

/** How slow this world is. */
export interface Pace {
  readonly attachSeconds: number;
  readonly detachSeconds: number;
  readonly consistencySeconds: number;
  readonly workers: number;
  /** Shorter than the interval between two sweeps, or the one that the guide recommends. */
  readonly heartbeatTimeoutSeconds: number;
  /** The cluster is too large for one run of the sweep. */
  readonly isSweptInParts: boolean;
}

export interface History {
  readonly seed: number;
  readonly pace: Pace;
  readonly happenings: readonly Dated[];
}

/** Seconds in which things happen; after that only the product acts. */
export const TROUBLED_SECONDS = 1200;

const MOST_HAPPENINGS = 22;

const wanted = (random: Random): Wanted => ({
  subnets: random.pick(['a', 'both', 'zones', 'name'] as const) ?? 'a',
  groups: random.pick(['one', 'two'] as const) ?? 'one',
  deviceIndex: 1 + random.int(4),
  isRequired: random.next() < 0.15,
  deleteOnTermination: random.next() < 0.8,
  isPaused: random.next() < 0.05,
  mtu: random.pick([0, 1500, 9001]) ?? 0,
  isBySsm: random.next() < 0.25,
  ...(random.next() < 0.3 && { team: `team-${random.int(3)}` }),
  addresses: Math.max(0, random.int(5) - 2),
  ...(random.next() < 0.3 && { sourceDestCheck: random.next() < 0.3 }),
  ...(random.next() < 0.3 && { description: `plane ${random.int(3)}` }),
});

const nameOf = (random: Random): NodeEniName => random.pick(['n0', 'n1', 'n2'] as const) ?? 'n0';

type Draw = (random: Random) => Happening;

/** Each kind as often as it stands here. */
const DRAWS: readonly Draw[] = [
  (random) => ({ kind: 'apply', name: nameOf(random), wanted: wanted(random) }),
  (random) => ({ kind: 'apply', name: nameOf(random), wanted: wanted(random) }),
  (random) => ({ kind: 'apply', name: nameOf(random), wanted: wanted(random) }),
  (random) => ({ kind: 'delete', name: nameOf(random) }),
  (random) => ({ kind: 'delete', name: nameOf(random) }),
  (random) => ({ kind: 'force-delete', name: nameOf(random) }),
  () => ({ kind: 'wipe' }),
  (random) => ({ kind: 'clear-out', name: nameOf(random) }),
  (random) => ({ kind: 'forget-state', node: random.int(6) }),
  (random) => ({
    kind: 'add-node',
    zone: random.next() < 0.7 ? 'a' : 'b',
    hasAgent: random.next() < 0.5,
  }),
  (random) => ({ kind: 'label-node', node: random.int(6), isMatching: random.next() < 0.5 }),
  (random) => ({ kind: 'label-node', node: random.int(6), isMatching: random.next() < 0.5 }),
  (random) => ({ kind: 'delete-node-object', node: random.int(6) }),
  (random) => ({ kind: 'register-again', node: random.int(6) }),
  (random) => ({ kind: 'terminate', node: random.int(6) }),
  (random) => ({ kind: 'restart-instance', node: random.int(6) }),
  (random) => ({ kind: 'reboot', node: random.int(6), forSeconds: random.int(120) }),
  (random) => ({ kind: 'scale', size: random.int(4) }),
  (random) => ({ kind: 'scale', size: random.int(4) }),
  (random) => ({ kind: 'hand-detach', eni: random.int(6) }),
  (random) => ({ kind: 'hand-delete', eni: random.int(6) }),
  (random) => ({ kind: 'hand-move', eni: random.int(6), node: random.int(6) }),
  (random) => ({ kind: 'hand-groups', eni: random.int(6) }),
  (random) => ({ kind: 'hand-flag', eni: random.int(6) }),
  (random) => ({ kind: 'take-index', node: random.int(6), index: 1 + random.int(4) }),
  (random) => ({ kind: 'crash', afterCalls: random.int(5), forSeconds: random.int(60) }),
  (random) => ({ kind: 'crash', afterCalls: random.int(5), forSeconds: random.int(60) }),
  (random) => ({
    kind: 'outage',
    of: random.next() < 0.5 ? 'ec2' : 'kubernetes',
    forSeconds: 10 + random.int(300),
  }),
  (random) => ({ kind: 'webhook-away', forSeconds: 30 + random.int(600) }),
  (random) => ({
    kind: 'ssm-agent-away',
    node: random.int(6),
    forSeconds: 30 + random.int(600),
  }),
  (random) => ({
    kind: 'calls-fail',
    of: random.pick(['ec2', 'ec2', 'auto-scaling', 'kubernetes', 'ssm'] as const) ?? 'ec2',
    how:
      random.pick([
        'throttled',
        'lost-request',
        'lost-answer',
        'lost-answer',
        'refused',
      ] as const) ?? 'throttled',
    probability: 0.1 + 0.6 * random.next(),
    forSeconds: 10 + random.int(300),
  }),
  (random) => ({
    kind: 'calls-fail',
    of: 'ec2',
    how: 'lost-answer',
    probability: 0.3,
    forSeconds: 60 + random.int(300),
  }),
  (random) => ({
    kind: 'events-suffer',
    // Sometimes EventBridge delivers nothing at all.
    drop: random.next() < 0.25 ? 1 : random.next() * 0.7,
    duplicate: random.next() * 0.5,
    delay: random.next() * 0.5,
    forSeconds: 30 + random.int(600),
  }),
];

/** These are drawn by themselves. */
const OF_HARM: readonly SituationName[] = ['false-node', 'hostile-tenant', 'patient-namesake'];
const DRAWN_APART: readonly SituationName[] = [...OF_HARM, 'pod-network'];

const SITUATION_NAMES = (Object.keys(SITUATIONS) as readonly SituationName[]).filter(
  (name) => !DRAWN_APART.includes(name),
);

/** Most histories meet something of their surroundings. */
const MOST_SITUATIONS = 3;

const drawSurroundings = (random: Random): readonly Dated[] =>
  Array.from({ length: random.int(MOST_SITUATIONS + 1) }, (): Dated => {
    const what = random.pick(SITUATION_NAMES) ?? 'namesake';
    const atSeconds = random.int(TROUBLED_SECONDS);
    return { kind: 'surroundings', what, ...drawCircumstances(random), atSeconds };
  });

/** Somebody means harm in a few histories, and more than once in some. */
const drawHarm = (random: Random): readonly Dated[] =>
  Array.from({ length: Math.max(0, random.int(5) - 2) }, (): Dated => {
    const what = random.pick(OF_HARM) ?? 'false-node';
    // Early enough to be over when the trouble is.
    const atSeconds = random.int(what === 'patient-namesake' ? 200 : TROUBLED_SECONDS - 600);
    const { forSeconds, ...circumstances } = drawCircumstances(random);
    return {
      kind: 'surroundings',
      what,
      ...circumstances,
      forSeconds: Math.min(forSeconds, 300),
      atSeconds,
    };
  });

/** A third of all histories have a network for pods; few have a second one after it. */
const drawNetworks = (random: Random): readonly Dated[] =>
  Array.from({ length: Math.max(0, random.int(4) - 1) - Number(random.next() < 0.5) }, () => ({
    kind: 'surroundings' as const,
    what: 'pod-network' as const,
    ...drawCircumstances(random),
    atSeconds: random.int(TROUBLED_SECONDS - 300),
  }));

/** The history of a seed: a few nodes and a NodeENI to begin with, and then whatever may happen. */
export const drawHistory = (seed: number): History => {
  const random = createRandom(seed);
  const at = (): number => random.int(TROUBLED_SECONDS);
  const opening: readonly Dated[] = [
    { kind: 'add-node', zone: 'a', hasAgent: random.next() < 0.5, atSeconds: 0 },
    { kind: 'add-node', zone: 'a', hasAgent: random.next() < 0.5, atSeconds: 0 },
    { kind: 'add-node', zone: 'b', hasAgent: random.next() < 0.5, atSeconds: 0 },
    { kind: 'apply', name: 'n0', wanted: wanted(random), atSeconds: 0 },
  ];
  const rest = Array.from({ length: 4 + random.int(MOST_HAPPENINGS) }, (): Dated => {
    const draw = random.pick(DRAWS);
    if (draw === undefined) throw new Error('there is nothing to draw from');
    return { ...draw(random), atSeconds: at() };
  });
  return {
    seed,
    pace: {
      attachSeconds: random.pick([0, 1.5, 20]) ?? 1.5,
      detachSeconds: random.pick([0, 3, 40, 90]) ?? 3,
      consistencySeconds: random.pick([0, 0, 5, 45]) ?? 0,
      workers: 1 + random.int(2),
      heartbeatTimeoutSeconds: random.pick([120, 900]) ?? 120,
      isSweptInParts: createRandom(seed ^ 0x9a27).next() < 0.25,
    },
    happenings: [
      ...opening,
      ...[
        ...rest,
        ...drawSurroundings(createRandom(seed ^ 0x50bb)),
        ...drawHarm(createRandom(seed ^ 0x4a23)),
        ...drawNetworks(createRandom(seed ^ 0x9e70)),
      ].toSorted((left, right) => left.atSeconds - right.atSeconds),
    ],
  };
};
