import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { EventRecorder } from '#core/ports/cluster.ts';
import { createEventWriter } from './event-writer.ts';
import { NODE_ENIS } from './resources.ts';

/** Leaves room for a dot and 16 digits in the 253 characters of a name ("Object Names and IDs", kubernetes.io). */
const MOST_OF_A_NAME = 236;

/** The part of a name that goes before the digest; what is cut may not end in a dot or dash. */
const startOf = (name: string): string => name.slice(0, MOST_OF_A_NAME).replace(/[-.]+$/, '');

/** Writes Events about NodeENIs; the same thing said again counts up the one that is there. */
export const createEventRecorder = (
  outside: Parameters<typeof createEventWriter>[0],
): EventRecorder => {
  const events = createEventWriter(outside);
  return {
    async record({ metadata: { name, uid } }, event) {
      const text = `${uid} ${event.reason} ${event.message}`;
      const digest = bytesToHex(sha256(utf8ToBytes(text))).slice(0, 16);
      await events.write({
        name: `${startOf(name)}.${digest}`,
        about: { resource: NODE_ENIS, name, uid },
        ...event,
      });
    },
  };
};
