/** The objects of the API: their types, their defaults and rules, and the definitions that a cluster needs. */
export { customResourceDefinitions } from '#core/apis/v1alpha1/crd.ts';
export { type LoadedNodeEni, loadNodeEni } from '#core/apis/v1alpha1/load.ts';
export { API_VERSION, FINALIZER, TAGS } from '#core/apis/v1alpha1/names.ts';
export type {
  Attachment,
  Condition,
  NodeEni,
  NodeEniSpec,
  NodeEniStatus,
} from '#core/apis/v1alpha1/node-eni.ts';
export type { HostStatus, NodeEniState, SlotSpec } from '#core/apis/v1alpha1/node-eni-state.ts';
export { selects } from '#core/apis/v1alpha1/selector.ts';
