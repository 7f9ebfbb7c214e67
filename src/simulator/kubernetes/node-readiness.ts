import type { KubernetesObject } from '#providers/kubernetes/kubernetes-api.ts';
import { recordOf } from './json-value.ts';

const NOT_READY = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' };

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const isNotReadyTaint = (taint: unknown): boolean => recordOf(taint).key === NOT_READY.key;

/** The taints a Node is to have, the other ones kept in their order. */
export const taintsFor = ({ spec }: KubernetesObject, isReady: boolean): readonly unknown[] => {
  const taints = listOf(recordOf(spec).taints);
  if (isReady) return taints.filter((taint) => !isNotReadyTaint(taint));
  return taints.some(isNotReadyTaint) ? taints : [...taints, NOT_READY];
};

/** A new Node is tainted until it is ready ("Admission Controllers", TaintNodesByCondition, kubernetes.io). */
export const withNotReadyTaint = (node: KubernetesObject): KubernetesObject => ({
  ...node,
  spec: { ...recordOf(node.spec), taints: taintsFor(node, false) },
});

/** A Node's Ready condition; an empty record without one. */
export const readyConditionOf = ({ status }: KubernetesObject) =>
  listOf(recordOf(status).conditions)
    .map(recordOf)
    .find(({ type }) => type === 'Ready') ?? {};
