import { NODE_TEMPLATE_LABEL_PREFIX } from '#core/apis/v1alpha1/names.ts';

/**
 * The labels a node of this group will carry, from the tags the Cluster Autoscaler reads too and from the hook's
 * metadata; undefined when neither promises any.
 */
export const predictedLabels = (
  groupTags: Readonly<Record<string, string>>,
  hookLabels: readonly Readonly<Record<string, string>>[],
): Readonly<Record<string, string>> | undefined => {
  const fromTags = Object.entries(groupTags)
    .filter(([key]) => key.startsWith(NODE_TEMPLATE_LABEL_PREFIX))
    .map(([key, value]) => [key.slice(NODE_TEMPLATE_LABEL_PREFIX.length), value]);
  const labels: Record<string, string> = Object.assign(Object.fromEntries(fromTags), ...hookLabels);
  return Object.keys(labels).length === 0 ? undefined : labels;
};
