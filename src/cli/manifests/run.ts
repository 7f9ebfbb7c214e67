import { stringify } from 'yaml';
import {
  type ClusterManifestOptions,
  clusterManifests,
} from '#core/manifests/cluster-manifests.ts';
import { Complaint } from '../complaint.ts';

/** What the API server takes as a webhook's URL ("WebhookClientConfig", Kubernetes API Reference). */
const checkWebhookUrl = (text: string): void => {
  const url = URL.parse(text);
  const isPlain =
    url !== null &&
    url.protocol === 'https:' &&
    `${url.username}${url.password}${url.search}${url.hash}` === '';
  if (!isPlain)
    throw new Complaint(
      'The webhook URL must begin with https:// and have no user, query or fragment.',
    );
  if (url.pathname.length < 2)
    throw new Complaint('The webhook URL has no path. Give it whole: its path is the secret.');
};

const checkGroup = (group: string): void => {
  if (group === '' || group.startsWith('system:'))
    throw new Complaint(
      'The group must not be empty nor begin with "system:", which Kubernetes keeps for itself.',
    );
};

/** The cluster's objects as one YAML text. Throws a `Complaint` for a URL or a group that the API server would refuse. */
export const runManifests = (options: ClusterManifestOptions): string => {
  if (options.webhookUrl !== undefined) checkWebhookUrl(options.webhookUrl);
  if (options.group !== undefined) checkGroup(options.group);
  return clusterManifests(options)
    .map((manifest) => stringify(manifest, { lineWidth: 0, aliasDuplicateObjects: false }))
    .join('---\n');
};
