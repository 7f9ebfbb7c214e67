import type { Attachment, Condition, NodeEni } from '#core/apis/v1alpha1/node-eni.ts';
import type { NetworkStanding } from '#core/network-standing.ts';
import type { LeftOut, Unserved } from './left-out.ts';
import type { Row } from './rows.ts';

/** What the status of a NodeENI is computed from. */
export interface Picture {
  readonly nodeEni: NodeEni;
  readonly rows: readonly Row[];
  /** Rows of ENIs that wait for adoption. */
  readonly unadopted: readonly Attachment[];
  readonly matchedNodes: number;
  /** Matched nodes without a row: they cannot be reconciled, or nobody has reconciled them yet. */
  readonly leftOut?: LeftOut;
  /** Nodes whose startup taint cannot be taken off, though every interface is ready. */
  readonly stuckTaints?: readonly Unserved[];
  /** ENIs that EC2 shows while no row speaks of any. */
  readonly remaining?: readonly string[];
  /** How its NetworkAttachmentDefinitions stand; absent for one that is no network. */
  readonly network?: NetworkStanding;
  /** Rules of the API that the stored object breaks; it keeps working and says so. */
  readonly faults: readonly string[];
  /** False when the stored spec fits no schema: nothing is built for it, and what is there is kept. Absent: true. */
  readonly isReadable?: boolean;
  /** When what is being built will be there, if that takes long. */
  readonly expectedEnd?: Date;
  readonly now: Date;
}

/** What was said of this condition before. */
export const conditionBefore = ({ status }: NodeEni, type: string): Condition | undefined =>
  status?.conditions?.find((condition) => condition.type === type);
