import {
  API_VERSION,
  OWNER_LABEL,
  OWNER_NAME_ANNOTATION,
  RESOURCE_NAME_ANNOTATION,
} from '#core/apis/v1alpha1/names.ts';
import { ignoreNotFound } from '#core/errors.ts';
import type { NetworkAttachment, NetworkAttachmentStore } from '#core/ports/cluster.ts';
import type { KubernetesApi, KubernetesObject } from './kubernetes-api.ts';
import { listAll } from './list-all.ts';
import { NETWORK_ATTACHMENTS, NODE_ENIS } from './resources.ts';

const read = ({ metadata, spec }: KubernetesObject): NetworkAttachment => {
  const { labels = {}, annotations = {} } = metadata;
  const config = (spec as { readonly config?: string } | undefined)?.config;
  return {
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    nodeEniUid: labels[OWNER_LABEL] ?? '',
    nodeEniName: annotations[OWNER_NAME_ANNOTATION] ?? '',
    resourceName: annotations[RESOURCE_NAME_ANNOTATION],
    hasConfig: config !== undefined && config !== '',
  };
};

/** The garbage collector takes it away with its owner, should we not ("Owners and Dependents", kubernetes.io). */
const metadataFor = ({ nodeEniUid: uid, nodeEniName: name, resourceName }: NetworkAttachment) => ({
  labels: { [OWNER_LABEL]: uid },
  annotations: {
    [OWNER_NAME_ANNOTATION]: name,
    ...(resourceName !== undefined && { [RESOURCE_NAME_ANNOTATION]: resourceName }),
  },
  ownerReferences: [{ apiVersion: API_VERSION, kind: NODE_ENIS.kind, name, uid }],
});

/** NetworkAttachmentDefinitions with our label; all others stay unread. */
export const createNetworkAttachmentStore = (
  kubernetes: KubernetesApi,
): NetworkAttachmentStore => ({
  listOurs: () => listAll(kubernetes, NETWORK_ATTACHMENTS, read, { labelSelector: OWNER_LABEL }),

  async create(attachment) {
    const { namespace, name } = attachment;
    await kubernetes.create(NETWORK_ATTACHMENTS, {
      apiVersion: 'k8s.cni.cncf.io/v1',
      kind: NETWORK_ATTACHMENTS.kind,
      metadata: { namespace, name, ...metadataFor(attachment) },
    });
  },

  async mend(attachment) {
    const { namespace, name } = attachment;
    const metadata = metadataFor(attachment);
    const annotations = { [RESOURCE_NAME_ANNOTATION]: null, ...metadata.annotations };
    const body = { metadata: { ...metadata, annotations }, spec: null };
    await kubernetes.patch(NETWORK_ATTACHMENTS, name, { type: 'merge', body }, { namespace });
  },

  async delete({ namespace, name }) {
    await ignoreNotFound(kubernetes.delete(NETWORK_ATTACHMENTS, name, namespace));
  },
});
