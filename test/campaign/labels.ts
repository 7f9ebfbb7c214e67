/** What every NodeENI selects. */
export const LABELS = { ng: 'multi-eni' };

/** What the tags of a group promise of its nodes. */
export const promised = (labels: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries(labels).map(([key, value]) => [
      `k8s.io/cluster-autoscaler/node-template/label/${key}`,
      value,
    ]),
  );
