import { ignoreNotFound } from '#core/errors.ts';
import type { InstanceTroubles, TroubleKind } from '#core/ports/cluster.ts';
import { createEventWriter } from './event-writer.ts';
import { NODE_ENI_STATES } from './resources.ts';

/** A reconcile that still fails is reported again sooner than this, and the API server keeps Events for an hour. */
const FRESH_SECONDS = 900;

const NAMES: Readonly<Record<TroubleKind, string>> = {
  ReconcileFailed: 'reconcile-failed',
  StartupTaintStuck: 'startup-taint',
  HookUnreadable: 'hook-unreadable',
};

const SEPARATOR = ': ';

interface ReadEvent {
  readonly lastTimestamp?: string;
  readonly message?: string;
}

/**
 * Troubles as Events about the state object of the instance, whether or not there is one: what refuses our objects lets
 * Events through, as a rule, and one function can read what another one wrote. One Event a kind, counted up.
 */
export const createInstanceTroubles = (
  outside: Parameters<typeof createEventWriter>[0],
): InstanceTroubles => {
  const { clock } = outside;
  const events = createEventWriter(outside);
  const nameOf = (instanceId: string, kind: TroubleKind) => `${instanceId}.${NAMES[kind]}`;

  return {
    record: (instanceId, kind, { reason, message }) =>
      events.write({
        name: nameOf(instanceId, kind),
        about: { resource: NODE_ENI_STATES, name: instanceId },
        type: 'Warning',
        reason: kind,
        message: `${reason}${SEPARATOR}${message}`,
      }),

    async find(instanceId, kind) {
      const event = await ignoreNotFound(events.read(nameOf(instanceId, kind)));
      const { lastTimestamp = '', message = '' } = (event ?? {}) as ReadEvent;
      const age = clock.now().getTime() - Date.parse(lastTimestamp);
      if (!(age <= FRESH_SECONDS * 1000)) return undefined;
      const at = message.indexOf(SEPARATOR);
      return { reason: message.slice(0, at), message: message.slice(at + SEPARATOR.length) };
    },
  };
};
