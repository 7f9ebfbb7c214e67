import { TAGS } from '#core/apis/v1alpha1/names.ts';
import type { NodeEniState } from '#core/apis/v1alpha1/node-eni-state.ts';
import { rowsOf } from '#core/controllers/roll-up/rows.ts';
import type { NetworkInterface } from '#core/ports/cloud.ts';
import { formatTable } from '../table.ts';

/** An interface that is still there, or the record of one. */
export interface LeftBehind {
  readonly nodeEni: string;
  readonly instanceId: string;
  /** Empty where one is recorded that was never seen in EC2. */
  readonly eniId: string;
  readonly state: string;
  readonly message: string;
}

/** What the records say of a NodeENI's interfaces. */
export const leftInRecords = (
  nodeEni: string,
  states: readonly NodeEniState[],
): readonly LeftBehind[] =>
  rowsOf(nodeEni, states).flatMap(({ instanceId, record, status }) =>
    record === undefined
      ? []
      : [
          {
            nodeEni,
            instanceId,
            eniId: record.eniId ?? '',
            state: status?.phase ?? record.phase,
            message: status?.message ?? '',
          },
        ],
  );

/** What EC2 says, by the tags of the interfaces. */
export const leftInEc2 = (enis: readonly NetworkInterface[]): readonly LeftBehind[] =>
  enis.map(({ eniId, status, tags }) => ({
    nodeEni: tags[TAGS.name] ?? '',
    instanceId: tags[TAGS.instance] ?? '',
    eniId,
    state: status,
    message: '',
  }));

const COLUMNS = ['nodeENI', 'instance', 'ENI', 'state', 'message'];

/** One line an interface, under a header. */
export const formatLeft = (left: readonly LeftBehind[]): string =>
  `${formatTable([
    COLUMNS,
    ...left.map(({ nodeEni, instanceId, eniId, state, message }) => [
      nodeEni,
      instanceId,
      eniId,
      state,
      message,
    ]),
  ])}\n`;
