import type { Filter } from '@aws-sdk/client-ec2';
import { silentTelemetry } from '#cli/simulation/silent-telemetry.ts';
import { createOperator, type FullOperator } from '#operator/create-operator.ts';
import type {
  KubernetesApi,
  KubernetesObject,
  Resource,
} from '#providers/kubernetes/kubernetes-api.ts';
import { NODE_ENI_STATES, NODE_ENIS, NODES } from '#providers/kubernetes/resources.ts';
import { settleFleet } from './settled-fleet.ts';

/** What a kubelet, a CNI and a cloud provider leave on a Node. */
const NODE_BYTES = 40_000;

export interface FleetSize {
  readonly nodes: number;
  readonly interfaces: number;
  /** NodeENIs that select none of the nodes, besides the one that selects all. */
  readonly guests: number;
}

export interface ClonedFleet {
  readonly operator: FullOperator;
  /** Runs until it ends, while the time of the simulated account passes. */
  readonly finish: (work: () => Promise<unknown>) => Promise<unknown>;
  /** Seconds of CPU that went into making answers, which nobody has to pay for outside of this bench. */
  readonly answeringSeconds: () => number;
  /** Bytes of JSON that the API server has sent, before it compresses them. */
  readonly bytesRead: () => number;
}

/** An answer as text, with places for what is different of each node: its number in hexadecimal and in names. */
const cloned = (text: string, ids: ReadonlyMap<string, string>): ((index: number) => string) => {
  const places = [...ids.keys()].map((id) => id.replaceAll('.', String.raw`\.`));
  const parts = places.length === 0 ? [text] : text.split(new RegExp(`(${places.join('|')})`));
  return (index) => {
    const digits = index.toString(16).padStart(8, '0');
    return parts.map((part) => ids.get(part)?.replace('#', digits) ?? part).join('');
  };
};

/** Every id that EC2 or the cluster gave to the one node that there is, and its form for the others. */
const idsIn = (text: string): ReadonlyMap<string, string> => {
  const found = new Set(text.match(/\b(?:i|eni|eni-attach)-[0-9a-f]{17}\b/g) ?? []);
  return new Map(
    [...found].map((id) => {
      const prefix = id.slice(0, -17);
      return [id, `${prefix}#${id.slice(-9)}`] as const;
    }),
  );
};

const pageOf = <T>(
  total: number,
  { limit, next }: { readonly limit: number; readonly next: string | undefined },
  make: (index: number) => T,
) => {
  const from = Number(next ?? 0);
  const to = Math.min(total, from + limit);
  const items = Array.from({ length: to - from }, (_, offset) => make(from + offset));
  return { items, ...(to < total && { next: String(to) }) };
};

/**
 * A fleet of any size in which nothing is left to do, out of one node that was settled on the simulator: the others are its copies,
 * made as they are asked for, so that only what the product keeps of them is in memory.
 */
export const cloneFleet = async ({
  nodes,
  interfaces,
  guests,
}: FleetSize): Promise<ClonedFleet> => {
  const stage = await settleFleet(1, silentTelemetry, guests, interfaces);
  const { ec2, kubernetes: api, clock, autoScaling } = stage.world;
  const kubernetes = api.as('nodeeni');
  const [instanceId = ''] = stage.instanceIds;
  const [node] = (await kubernetes.list(NODES)).items;
  const [state] = (await kubernetes.list(NODE_ENI_STATES)).items;
  /** Runs until it ends, while the time of the simulated account passes. */
  const finish = async <T>(work: () => Promise<T>): Promise<T> => {
    let isDone = false;
    const running = work().finally(() => {
      isDone = true;
    });
    await clock.runUntilTrue(() => isDone, 3_600_000);
    return running;
  };
  const instances = await finish(() => ec2.api.describeInstances({ InstanceIds: [instanceId] }));
  const enis = await finish(() => ec2.api.describeNetworkInterfaces({}));
  const ours = (enis.NetworkInterfaces ?? []).filter(({ TagSet = [] }) =>
    TagSet.some(({ Value }) => Value === instanceId),
  );
  const [reservation] = instances.Reservations ?? [];
  if (node === undefined || state === undefined || reservation === undefined)
    throw new Error('there is no node to copy');

  const padding = 'x'.repeat(Math.max(0, NODE_BYTES - JSON.stringify(node).length));
  const large = { ...node, metadata: { ...node.metadata, annotations: { padding } } };
  const nodeName = node.metadata.name;
  const ids = new Map([
    ...idsIn(JSON.stringify([state, reservation, ours])),
    [nodeName, `ip-#.ec2.internal`],
    ...[node, state].map(({ metadata: { uid = '' } }) => [uid, `${uid}-#`] as const),
  ]);
  let answering = 0;
  let bytes = 0;
  const timed = <T>(work: () => T): T => {
    const before = process.cpuUsage();
    const made = work();
    const { user, system } = process.cpuUsage(before);
    answering += user + system;
    return made;
  };
  const templates = new Map([
    [NODES.plural, cloned(JSON.stringify(large), ids)],
    [NODE_ENI_STATES.plural, cloned(JSON.stringify(state), ids)],
  ]);
  const reservationOf = cloned(JSON.stringify(reservation), ids);
  const enisOf = cloned(JSON.stringify(ours), ids);

  const withDates = (eni: (typeof ours)[number]) => ({
    ...eni,
    ...(eni.Attachment?.AttachTime && {
      Attachment: { ...eni.Attachment, AttachTime: new Date(eni.Attachment.AttachTime) },
    }),
  });

  /** What the roll-up writes has to be there the next time, or it would never be done. */
  const written = new Map<string, unknown>();
  const listed: KubernetesApi['list'] = async (resource: Resource, options = {}) => {
    const template = templates.get(resource.plural);
    if (template === undefined) {
      const page = await kubernetes.list(resource, options);
      const items = page.items.map((item): KubernetesObject => {
        const status = written.get(item.metadata.name);
        return resource.plural === NODE_ENIS.plural && status !== undefined
          ? { ...item, status }
          : item;
      });
      bytes += JSON.stringify(items).length;
      return { ...page, items };
    }
    const { limit = Number.POSITIVE_INFINITY, continue: next } = options;
    const page = timed(() => pageOf(nodes, { limit, next }, template));
    const text = timed(() => `[${page.items.join(',')}]`);
    bytes += text.length;
    return {
      items: JSON.parse(text),
      resourceVersion: '1',
      ...(page.next !== undefined && {
        continue: page.next,
        remainingItemCount: nodes - Number(page.next),
      }),
    };
  };

  /** The copies that the filters of a describe call are about: those with these ids, or a page of all. */
  const chosen = (
    filters: readonly Filter[],
    { limit, next }: { readonly limit: number; readonly next: string | undefined },
    make: (index: number) => string,
  ): { readonly items: readonly string[]; readonly next?: string } => {
    const named = filters.find(({ Name = '' }) => /instance-id$|\/instance$/.test(Name))?.Values;
    if (named === undefined) return pageOf(nodes, { limit, next }, make);
    const indexes = named.map((id) => Number.parseInt(id.slice(2, 10), 16));
    return { items: indexes.filter((index) => index < nodes).map(make) };
  };

  const operator = createOperator({
    clock,
    clusterName: 'simulated',
    apis: {
      autoScaling: autoScaling.api,
      kubernetes: {
        ...kubernetes,
        list: listed,
        async patch(resource, name, patch) {
          const { status } = patch.body as { readonly status?: object };
          if (resource.plural === NODE_ENIS.plural && status !== undefined)
            written.set(name, { ...(written.get(name) as object | undefined), ...status });
          return kubernetes.get(resource, name);
        },
      },
      ec2: {
        ...ec2.api,
        async describeInstances({ Filters = [], MaxResults: limit = 1000, NextToken: next }) {
          const page = timed(() => chosen(Filters, { limit, next }, reservationOf));
          return {
            Reservations: page.items.map((text) => JSON.parse(text)),
            NextToken: page.next,
            $metadata: {},
          };
        },
        async describeNetworkInterfaces({ Filters = [], NextToken: next }) {
          if (Filters.some(({ Name }) => Name?.includes('managed-by') === true))
            return { NetworkInterfaces: [], $metadata: {} };
          const limit = Math.floor(1000 / Math.max(1, ours.length));
          const page = timed(() => chosen(Filters, { limit, next }, enisOf));
          return {
            NetworkInterfaces: page.items.flatMap((text) =>
              (JSON.parse(text) as typeof ours).map(withDates),
            ),
            NextToken: page.next,
            $metadata: {},
          };
        },
      },
    },
    workQueue: {
      hint: () => Promise.resolve(),
      announce: () => Promise.resolve(),
      requeueAfter: () => Promise.resolve(),
    },
    telemetry: silentTelemetry,
    budget: { share: 1, burstShare: 1, concurrency: 1 },
  });

  return {
    operator,
    answeringSeconds: () => answering / 1e6,
    bytesRead: () => bytes,
    finish: (work) => finish(work),
  };
};
