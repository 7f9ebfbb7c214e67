import { boundedHost } from '#core/apis/v1alpha1/host-words.ts';
import { API_VERSION } from '#core/apis/v1alpha1/names.ts';
import {
  type HostStatus,
  hostStatusSchema,
  type NodeEniState,
  type Slot,
  type SlotSpec,
  type SlotStatus,
  slotStatusSchema,
} from '#core/apis/v1alpha1/node-eni-state.ts';
import { failureOf, ignoreNotFound } from '#core/errors.ts';
import type { NodeEniStateStore, SlotPatch } from '#core/ports/cluster.ts';
import type { KubernetesApi, KubernetesObject } from './kubernetes-api.ts';
import { listAll } from './list-all.ts';
import { metadataOf } from './object-meta.ts';
import { NODE_ENI_STATES } from './resources.ts';

type SpecPatch = Parameters<NodeEniStateStore['patchSpec']>[1];

// The agent's half is written on a host that somebody else may hold: it is cut before anybody sees it.
const statusIn = (status: unknown): NonNullable<NodeEniState['status']> => {
  const { host, ...rest } = status as NonNullable<NodeEniState['status']>;
  return { ...rest, ...(host && { host: boundedHost(host) }) };
};

const read = (object: KubernetesObject): NodeEniState => ({
  metadata: metadataOf(object),
  spec: (object.spec ?? {}) as NodeEniState['spec'],
  ...(object.status !== undefined && { status: statusIn(object.status) }),
});

const nullsFor = (stored: object, next: object): Record<string, null> =>
  Object.fromEntries(
    Object.keys(stored)
      .filter((key) => !(key in next))
      .map((key) => [key, null]),
  );

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const asRecord = (value: unknown): Record<string, unknown> => (isObject(value) ? value : {});

/** A merge patch merges objects, however deep; fields that are gone have to be named with null ("JSON Merge Patch", RFC 7386). */
const replacing = (next: object, stored: object): object => {
  const before = asRecord(stored);
  const fields = Object.entries(next).map(([key, value]) => {
    const old = before[key];
    return [key, isObject(value) && isObject(old) ? replacing(value, old) : value] as const;
  });
  return { ...Object.fromEntries(fields), ...nullsFor(stored, next) };
};

const slotsPatch = (
  interfaces: SlotPatch<SlotSpec>,
  stored: NodeEniState['spec']['interfaces'] = {},
): object =>
  Object.fromEntries(
    Object.entries(interfaces).map(([slot, next]) => {
      const before = stored[slot];
      return [slot, next === null || before === undefined ? next : replacing(next, before)];
    }),
  );

const nullsOf = ({ shape }: { readonly shape: object }): Record<string, null> =>
  Object.fromEntries(Object.keys(shape).map((field) => [field, null]));

const withoutNulls = (interfaces: SlotPatch<SlotSpec>) =>
  Object.fromEntries(Object.entries(interfaces).filter(([, slot]) => slot !== null));

const HOST_FIELDS = nullsOf(hostStatusSchema);
const ROW_FIELDS = nullsOf(slotStatusSchema);

/** What an earlier row said and this one does not is taken away. */
const rowsPatch = (rows: SlotPatch<SlotStatus>): object =>
  Object.fromEntries(
    Object.entries(rows).map(([slot, row]) => [slot, row && { ...ROW_FIELDS, ...row }]),
  );

const hostPatch = (rows: Readonly<Record<Slot, HostStatus>>, gone: readonly Slot[]): object =>
  Object.fromEntries([
    ...Object.entries(rows).map(([slot, row]) => [slot, { ...HOST_FIELDS, ...row }]),
    ...gone.map((slot) => [slot, null]),
  ]);

/** The state objects. Each call writes the controller's half, and of the agent's only what `patchStatus` is given. */
export const createNodeEniStateStore = (kubernetes: KubernetesApi): NodeEniStateStore => {
  const patch = async (name: string, change: SpecPatch, stored: NodeEniState | undefined) => {
    const { interfaces, hostCommand, ...rest } = change;
    const spec = {
      ...rest,
      ...(hostCommand && {
        hostCommand: {
          ...nullsFor(asRecord(stored?.spec.hostCommand), hostCommand),
          ...hostCommand,
        },
      }),
      ...(interfaces && { interfaces: slotsPatch(interfaces, stored?.spec.interfaces) }),
    };
    return read(await kubernetes.patch(NODE_ENI_STATES, name, { type: 'merge', body: { spec } }));
  };

  const create = async (name: string, { interfaces = {}, missingSince: _, ...rest }: SpecPatch) =>
    read(
      await kubernetes.create(NODE_ENI_STATES, {
        apiVersion: API_VERSION,
        kind: NODE_ENI_STATES.kind,
        metadata: { name },
        spec: {
          ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value)),
          interfaces: withoutNulls(interfaces),
        },
      }),
    );

  const get = async (instanceId: string): Promise<NodeEniState | undefined> => {
    const object = await ignoreNotFound(kubernetes.get(NODE_ENI_STATES, instanceId));
    return object && read(object);
  };

  const isMissingOrRaced = (error: unknown) => ['NotFound', 'Conflict'].includes(failureOf(error));

  return {
    get,
    list: (keep = (state) => state) =>
      listAll(kubernetes, NODE_ENI_STATES, (object) => keep(read(object))),

    async patchSpec(instanceId, change) {
      const stored = await get(instanceId);
      try {
        return stored === undefined
          ? await create(instanceId, change)
          : await patch(instanceId, change, stored);
      } catch (error) {
        // Created or deleted between the two calls: once more with what is there now.
        if (!isMissingOrRaced(error)) throw error;
        const now = await get(instanceId);
        return now === undefined ? create(instanceId, change) : patch(instanceId, change, now);
      }
    },

    async patchStatus(instanceId, patch) {
      const { interfaces, interfacesOmitted, summary, host = {}, dropHost = [] } = patch;
      const rows = hostPatch(host, dropHost);
      const status = {
        ...(interfaces && { interfaces: rowsPatch(interfaces) }),
        ...(summary && { summary }),
        ...(interfacesOmitted !== undefined && { interfacesOmitted: interfacesOmitted || null }),
        ...(Object.keys(rows).length > 0 && { host: rows }),
      };
      await ignoreNotFound(
        kubernetes.patch(
          NODE_ENI_STATES,
          instanceId,
          { type: 'merge', body: { status } },
          { subresource: 'status' },
        ),
      );
    },

    async delete(instanceId) {
      await ignoreNotFound(kubernetes.delete(NODE_ENI_STATES, instanceId));
    },
  };
};
