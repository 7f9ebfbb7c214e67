// {
//   "apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview",
//   "request": {
//     "uid": "705ab4f5-6393-11e8-b7cc-42010a800002", "operation": "UPDATE",
//     "kind": { "group": "", "version": "v1", "kind": "Node" },
//     "resource": { "group": "", "version": "v1", "resource": "nodes" }, "subResource": "status",
//     "name": "ip-10-0-1-23.ec2.internal", "dryRun": false,
//     "userInfo": { "username": "system:node:ip-10-0-1-23.ec2.internal", "groups": ["system:nodes"] },
//     "object": { "metadata": { … }, "spec": { "providerID": "aws:///us-east-1a/i-0abcdef1234567890" } },
//     "oldObject": { … }
//   }
// }
import * as z from 'zod/mini';
import { GROUP } from '#core/apis/v1alpha1/names.ts';
import { nodeEniNameOf } from '#core/apis/v1alpha1/node-eni-state.ts';
import { instanceKey, namespaceKey, nodeEniKey, type WorkKey } from '#core/ports/work-queue.ts';
import { admissionWarnings, warnedSpecSchema } from './admission-warnings.ts';
import { INSTANCE_ID, instanceIdOfProviderId } from './instance-id.ts';
import type { IgnoredReason } from './parsed-event.ts';

/** What an admission review hints at. The body is not trusted: only names and ids are taken from it. */
export interface AdmissionHint {
  /** What the answer must carry; empty when the review has none that can be read. */
  readonly uid: string;
  readonly keys: readonly WorkKey[];
  /** For the person who wrote the object. */
  readonly warnings: readonly string[];
  /** Set when there is nothing to do. */
  readonly ignored?: Extract<IgnoredReason, 'malformed' | 'irrelevant'>;
}

// The objects stay unread here: what one of them lacks must not cost the review its uid.
const reviewSchema = z.object({
  kind: z.literal('AdmissionReview'),
  request: z.object({
    uid: z.string().check(z.minLength(1), z.maxLength(128)),
    resource: z.object({ group: z.string(), resource: z.string() }),
    subResource: z.optional(z.string()),
    name: z.optional(z.string()),
    dryRun: z.optional(z.boolean()),
    object: z.optional(z.unknown()),
    oldObject: z.optional(z.unknown()),
  }),
});

type AdmissionRequest = z.infer<typeof reviewSchema>['request'];

/** An object's name: a DNS subdomain ("Object Names and IDs", kubernetes.io). */
const objectName = z.string().check(z.maxLength(253), z.regex(/^[a-z0-9][-a-z0-9.]*$/));

const namedSchema = z.object({ metadata: z.object({ name: objectName }) });
const reportedSchema = z.object({
  status: z.object({ host: z.record(z.string(), z.unknown()) }),
});
const nodeSchema = z.object({ spec: z.object({ providerID: z.string() }) });

// Nobody can act on a warning about an object that is already being deleted.
const warnedSchema = z.object({
  metadata: z.object({ deletionTimestamp: z.optional(z.never()) }),
  spec: warnedSpecSchema,
});

/** The name of what was written. It is empty in the request of a delete of many, which tells it by the old object. */
const nameOf = ({ name, object, oldObject }: AdmissionRequest): string | undefined => {
  const told = objectName.safeParse(name);
  if (told.success) return told.data;
  const named = [object, oldObject].map((part) => namedSchema.safeParse(part));
  return named.find(({ success }) => success)?.data?.metadata.name;
};

const instanceOf = ({ object, oldObject }: AdmissionRequest): string | undefined => {
  const nodes = [object, oldObject].map((part) => nodeSchema.safeParse(part));
  const providerId = nodes.find(({ success }) => success)?.data?.spec.providerID;
  return providerId === undefined ? undefined : instanceIdOfProviderId(providerId);
};

/** None for a delete, whose request has no new object. */
const warningsOf = ({ object }: AdmissionRequest): readonly string[] => {
  const parsed = warnedSchema.safeParse(object);
  return parsed.success ? admissionWarnings(parsed.data.spec) : [];
};

/** No instance carries more interfaces; what a hostile agent writes beyond it is left to the sweep. */
const MOST_SLOTS = 64;

/** What an agent reports shows in the status of the NodeENIs its slots belong to. */
const rollUpsOf = ({ object }: AdmissionRequest): readonly WorkKey[] => {
  const parsed = reportedSchema.safeParse(object);
  if (!parsed.success) return [];
  const slots = Object.keys(parsed.data.status.host).slice(0, MOST_SLOTS);
  const names = slots.map(nodeEniNameOf).filter((name) => objectName.safeParse(name).success);
  return [...new Set(names)].map(nodeEniKey);
};

const keysOf = (request: AdmissionRequest): readonly WorkKey[] => {
  const { group, resource } = request.resource;
  const target = `${resource}.${group}/${request.subResource ?? ''}`;
  if (target === `nodeenis.${GROUP}/`) {
    const name = nameOf(request);
    return name === undefined ? [] : [nodeEniKey(name)];
  }
  if (target === `nodeenistates.${GROUP}/` || target === `nodeenistates.${GROUP}/status`) {
    const name = nameOf(request) ?? '';
    return INSTANCE_ID.test(name) ? [instanceKey(name), ...rollUpsOf(request)] : [];
  }
  if (target === 'namespaces./') {
    const name = nameOf(request);
    return name === undefined ? [] : [namespaceKey(name)];
  }
  if (target !== 'nodes./' && target !== 'nodes./status') return [];
  const instanceId = instanceOf(request);
  return instanceId === undefined ? [] : [instanceKey(instanceId)];
};

/**
 * Reads an AdmissionReview ("Dynamic Admission Control", kubernetes.io). It takes a few fields by name and
 * never walks the objects whole. Never throws.
 */
export const parseAdmissionReview = (body: unknown): AdmissionHint => {
  const review = reviewSchema.safeParse(body);
  if (!review.success) return { uid: '', keys: [], warnings: [], ignored: 'malformed' };
  const { request } = review.data;
  const keys = request.dryRun === true ? [] : keysOf(request);
  const { group, resource } = request.resource;
  const isSpec = request.subResource === undefined;
  const isNodeEni = isSpec && resource === 'nodeenis' && group === GROUP;
  return {
    uid: request.uid,
    keys,
    warnings: isNodeEni ? warningsOf(request) : [],
    ...(keys.length === 0 && { ignored: 'irrelevant' }),
  };
};
