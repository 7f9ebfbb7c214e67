import { NETWORK_REMEDIES } from '../pod-networks.ts';

/** What ends a wait, by its reason; for all others the message says it. */
const REMEDIES: Readonly<Record<string, string>> = {
  ...NETWORK_REMEDIES,
  AccessDenied: 'allowing the call in IAM, then nodeeni retry',
  AgentTooOld: 'updating the agent on the node',
  AttachedElsewhere: 'nothing is waited for: the ENI is yours',
  AttachStuck: 'stopping and starting the instance, or replacing it',
  DetachStuck: 'stopping the instance',
  HostRestarted: 'the agent on the node: see that its pod runs',
  InUse: 'ending the pod that has the device',
  InstancePending: 'nothing: EC2 attaches to running instances only',
  NeedsAdoption: 'nodeeni adopt',
  NoMatchingNodes: 'a node with these labels, or another selector',
  NodeMissing: 'the kubelet, by registering the node again',
  Paused: 'taking spec.paused out',
  SubnetFragmented: 'a prefix reservation in the subnet, or another subnet',
  SubnetFull: 'freeing addresses of the subnet',
  Throttled: 'a larger budget.share, or higher request limits from AWS',
  WaitingForHost: 'the agent on the node: see that its pod runs',
};

const IN_TIME = new Set([
  ...['Creating', 'Attaching', 'Detaching', 'Updating', 'Moving', 'InProgress', 'NotVisibleYet'],
  ...['InstanceBusy', 'Conflict', 'NotReady', 'NotFound', 'AlreadyDone'],
]);

/** What ends a wait sooner, in words. */
export const remedyFor = (reason: string): string =>
  REMEDIES[reason] ??
  (IN_TIME.has(reason) ? 'nothing: it takes its time' : 'what the message says');
