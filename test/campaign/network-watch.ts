import { OWNER_LABEL, TAGS } from '#core/apis/v1alpha1/names.ts';
import type { NodeEniState } from '#core/apis/v1alpha1/node-eni-state.ts';
import { isAbout } from '#core/host-report.ts';
import { sameJson } from '#core/json.ts';
import { NETWORK_ATTACHMENTS, NODE_ENIS, NODES } from '#providers/kubernetes/resources.ts';
import type { SimulatedInterface } from '#simulator/ec2/model.ts';
import type { SimulatedEc2 } from '#simulator/ec2/simulated-ec2.ts';
import type { SimulatedKubernetes } from '#simulator/kubernetes/simulated-kubernetes.ts';
import { statesOf } from './states.ts';

export const NETWORK_NODE_ENI = 'pn';
export const NETWORK_NAME = 'lan';
export const RESOURCE_NAME = 'nodeeni.networking.k8s.aws/lan';

/** A pod with an address of the network. */
interface Pod {
  readonly instanceId: string;
  readonly eniId: string;
  readonly address: string;
}

const MOST_PODS = 6;

const instanceOf = (spec: unknown): string => {
  const { providerID = '' } = spec as { readonly providerID?: string };
  return providerID.split('/').at(-1) ?? '';
};

const octetsOf = (text: string): number[] => (text.split('/')[0] ?? '').split('.').map(Number);

/** The address of a block that comes so many after its first. */
const addressIn = (block: string, offset: number): string => {
  const octets = octetsOf(block);
  return [...octets.slice(0, 3), (octets[3] ?? 0) + offset].join('.');
};

/** Blocks are a /28 or a single address here. */
const isWithin = (address: string, block: string): boolean => {
  const size = block.endsWith('/32') ? 1 : 16;
  return Array.from({ length: size }, (_, offset) => addressIn(block, offset)).includes(address);
};

/** The part of the stage that is looked at; the stage itself holds this watch. */
interface Scene {
  readonly kubernetes: SimulatedKubernetes;
  readonly ec2: SimulatedEc2;
  readonly forced: ReadonlySet<string>;
  readonly ours: () => readonly SimulatedInterface[];
}

/**
 * Plays pods of a network, and watches what must hold of it: a node offers nothing before its agent has spoken, an address of a pod
 * is one that EC2 has on the interface, and nobody else's definition is changed.
 */
export const createNetworkWatch = () => {
  /** The files that agents have written: by instance, the ENI and its blocks. */
  const files = new Map<string, { readonly eniId: string; readonly ranges: readonly string[] }>();
  const spoken = new Set<string>();
  let pods: Pod[] = [];
  let turn = 0;
  /** Definitions of others, as they were made. */
  const foreign = new Map<string, unknown>();
  const fouls: string[] = [];

  const noteFiles = (states: readonly NodeEniState[]): void => {
    for (const { metadata, spec, status } of states) {
      const found = Object.entries(spec.interfaces ?? {}).find(
        ([, { podNetwork }]) => podNetwork !== undefined,
      );
      const [slot = '', record] = found ?? [];
      const host = status?.host?.[slot];
      if (record === undefined || record.phase === 'Releasing') {
        files.delete(metadata.name);
        pods = pods.filter(({ instanceId }) => instanceId !== metadata.name);
      } else if (host && isAbout(host, record) && host.podNetwork?.state === 'Ready') {
        spoken.add(metadata.name);
        const ranges = (record.podNetwork?.subnets ?? []).flatMap((subnet) => subnet.ranges);
        files.set(metadata.name, { eniId: record.eniId ?? '', ranges });
      }
    }
  };

  const startOn = (instanceId: string, offered: number): void => {
    const file = files.get(instanceId);
    const own = pods.filter((pod) => pod.instanceId === instanceId);
    if (file === undefined || own.length >= Math.min(offered, MOST_PODS)) return;
    const taken = new Set(own.map(({ address }) => address));
    const all = file.ranges.flatMap((block) =>
      Array.from({ length: block.endsWith('/32') ? 1 : 16 }, (_, at) => addressIn(block, at)),
    );
    const address = all.find((one) => !taken.has(one));
    if (address !== undefined) pods.push({ instanceId, eniId: file.eniId, address });
  };

  const judgePods = (stage: Scene): void => {
    const enis = new Map(stage.ec2.interfaces().map((eni) => [eni.eniId, eni]));
    for (const { instanceId, eniId, address } of pods) {
      const eni = enis.get(eniId);
      // Somebody deleted it, or moved it away.
      if (eni?.attachment?.instanceId !== instanceId) continue;
      if (!eni.ipv4Prefixes.some((block) => isWithin(address, block)))
        fouls.push(`a pod on ${instanceId} has ${address}, which EC2 has not on ${eniId}`);
    }
    pods = pods.filter(({ eniId, instanceId }) => {
      return enis.get(eniId)?.attachment?.instanceId === instanceId;
    });
  };

  const judgeForeign = ({ kubernetes }: Scene): void => {
    const stored = kubernetes.stored(NETWORK_ATTACHMENTS);
    for (const [key, before] of foreign) {
      const now = stored.find(({ metadata }) => `${metadata.namespace}/${metadata.name}` === key);
      if (!sameJson(before, now)) fouls.push(`the definition ${key} of somebody else was changed`);
    }
    if (fouls.length > 0) foreign.clear();
  };

  /** Each has its uid: of one whose finalizer somebody took off, the garbage collector takes the rest. */
  const judgeOurs = ({ kubernetes, forced }: Scene): void => {
    const living = new Set(kubernetes.stored(NODE_ENIS).map(({ metadata }) => metadata.uid));
    const left = kubernetes.stored(NETWORK_ATTACHMENTS).filter(({ metadata }) => {
      const uid = metadata.labels?.[OWNER_LABEL];
      return uid !== undefined && !living.has(uid) && !forced.has(uid);
    });
    for (const { metadata } of left)
      fouls.push(`the definition ${metadata.namespace}/${metadata.name} outlived its NodeENI`);
  };

  return {
    /** Somebody makes a definition of the network's name. */
    noteForeign: (key: string, definition: unknown) => foreign.set(key, definition),
    /** The cluster is made anew, and what was in it is gone. */
    forgetForeign: () => foreign.clear(),
    /** Called every few seconds. */
    note(stage: Scene): void {
      turn += 1;
      noteFiles(statesOf(stage));
      if (turn % 20 === 0) pods = [];
      for (const { spec, status } of stage.kubernetes.stored(NODES)) {
        const { capacity = {} } = (status ?? {}) as { capacity?: Record<string, string> };
        const instanceId = instanceOf(spec);
        const offered = Number(capacity[RESOURCE_NAME] ?? 0);
        if (offered > 0 && !spoken.has(instanceId))
          fouls.push(`${instanceId} offers ${offered} addresses, and its agent has not spoken`);
        startOn(instanceId, offered);
      }
      judgePods(stage);
      judgeForeign(stage);
      judgeOurs(stage);
    },
    takeFouls: () => fouls.splice(0),
    /** What is still offered by nodes that run although no network is asked for any more; others have no kubelet to start a pod. */
    leftovers: ({ kubernetes, ec2, ours }: Scene): readonly string[] =>
      ours().some(({ tags }) => tags.get(TAGS.name) === NETWORK_NODE_ENI)
        ? []
        : kubernetes.stored(NODES).flatMap(({ metadata, spec, status }) => {
            if (ec2.fleet.instance(instanceOf(spec))?.state !== 'running') return [];
            const { capacity = {} } = (status ?? {}) as { capacity?: Record<string, string> };
            return RESOURCE_NAME in capacity
              ? [`${metadata.name} still has ${RESOURCE_NAME} of a network that is gone`]
              : [];
          }),
  };
};
