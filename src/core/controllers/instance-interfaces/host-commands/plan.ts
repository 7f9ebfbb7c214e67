import type { HostCommand } from '#core/apis/v1alpha1/host-command-record.ts';
import { clusterTagOf } from '#core/apis/v1alpha1/names.ts';
import type { Slot, SlotSpec } from '#core/apis/v1alpha1/node-eni-state.ts';
import { isAcknowledged } from '#core/host-report.ts';
import { isRunning } from '#core/instance/host-command.ts';
import type { InstancePlan } from '#core/instance/instance-plan.ts';
import { type Observed, secondsSince } from '#core/instance/observed.ts';
import { recordsAfter } from '#core/instance/records-after.ts';
import type { HostAction } from './actions.ts';
import { RUNNING_REQUEUE_SECONDS, waitSeconds } from './command.ts';
import { desiredDocument, digestOf } from './desired.ts';
import { isRestartedSince } from './restart.ts';

/** What is to happen on a host that is configured by commands. */
export interface HostPlan {
  readonly action?: HostAction;
  /** Attached slots that the host has not done yet. */
  readonly waiting: readonly Slot[];
  /** Why they wait, in words for people. */
  readonly finding?: { readonly reason: string; readonly message: string };
  readonly requeueAfterSeconds?: number;
}

type Records = Readonly<Record<Slot, SlotSpec>>;

/** Delivery and execution have limits of their own, far below; after this the command is taken for lost. */
const LOST_SECONDS = 600;

const NOTHING: HostPlan = { waiting: [] };

/** Only then there is a device for the host to look after. One that somebody attached elsewhere has no record any more. */
const isAttached = ({ eniId }: SlotSpec, { ours }: Observed): boolean =>
  ours.some((eni) => eni.eniId === eniId && eni.attachment?.status === 'attached');

const servedSlots = (records: Records, observed: Observed): [Slot, SlotSpec][] =>
  Object.entries(records).filter(
    ([, record]) => record.host === 'SSM' && isAttached(record, observed),
  );

/** What keeps a command from being sent at all, whatever it would say. */
const obstacle = ({ runCommand, instance, cluster }: Observed): HostPlan['finding'] => {
  if (runCommand === undefined)
    return {
      reason: 'RunCommandOff',
      message:
        'The NodeENI says host: SSM, and this installation sends no commands. Deploy it with the option host: ssm or either.',
    };
  const tag = clusterTagOf(cluster.name);
  if (instance !== undefined && !(tag in instance.tags))
    return {
      reason: 'InstanceNotTagged',
      message: `The instance does not carry the tag ${tag}, so no command is sent to it.`,
    };
  return undefined;
};

interface Setting {
  readonly waiting: readonly Slot[];
  readonly records: Records;
  readonly observed: Observed;
}

const send = ({ waiting, records, observed }: Setting, failures: number): HostPlan => ({
  waiting,
  action: {
    type: 'send-command',
    instanceId: observed.instanceId,
    desired: desiredDocument(records, observed.state?.status?.host),
    command: {
      digest: digestOf(records),
      bootedAt: observed.instance?.launchTime.toISOString() ?? '',
      ...(observed.node?.bootId && { bootIds: [observed.node.bootId] }),
      sentAt: observed.now.toISOString(),
      failures,
    },
  },
});

/** The same state again: only after a wait that grows with each time it was not reached. */
const sendAgain = (setting: Setting, command: HostCommand): HostPlan => {
  const failures = command.failures + Number(command.retryAt === undefined);
  const wait = waitSeconds(failures) - secondsSince(command.sentAt, setting.observed.now);
  const left =
    command.retryAt === undefined ? wait : -secondsSince(command.retryAt, setting.observed.now);
  if (left <= 0) return send(setting, failures);
  const { outcome } = command;
  return {
    waiting: setting.waiting,
    ...(outcome && { finding: outcome }),
    requeueAfterSeconds: Math.max(1, left),
  };
};

/**
 * Computes the command that a host needs: one when there is something that it has not acknowledged, and no other until
 * the last one has ended, since two on one host would get in each other's way. Pure.
 */
export const planHost = (plan: InstancePlan, observed: Observed): HostPlan => {
  const { instance, node, state, isTerminating, now } = observed;
  if (plan.isUndecided || plan.isFinished) return NOTHING;
  const records = recordsAfter(plan, observed);
  const served = servedSlots(records, observed);
  const hosts = state?.status?.host ?? {};
  const command = state?.spec.hostCommand;
  const isRestarted = command !== undefined && isRestartedSince(command, { instance, node });
  const waiting = served
    .filter(([slot, record]) => !isAcknowledged(hosts[slot], record))
    .map(([slot]) => slot);
  if (waiting.length === 0 || instance?.state !== 'running' || isTerminating) return NOTHING;

  const finding = obstacle(observed);
  if (finding !== undefined) return { waiting, finding };
  if (isRunning(command) && !isRestarted && secondsSince(command?.sentAt, now) < LOST_SECONDS)
    return { waiting, requeueAfterSeconds: RUNNING_REQUEUE_SECONDS };

  const setting = { waiting, records, observed };
  const isSame = command?.digest === digestOf(records) && !isRestarted;
  return isSame ? sendAgain(setting, command) : send(setting, 0);
};
