import { describe, expect, it } from 'vitest';
import type { NodeEni } from '#core/apis/v1alpha1/node-eni.ts';
import { unreadyIn } from '#core/controllers/sweep/unready.ts';
import { ago, aNodeEni, NOW } from '#test/support/builders.ts';

const since = (seconds: number, reason: string, status: 'True' | 'False' = 'False'): NodeEni => ({
  ...aNodeEni({}, { name: `${reason}-${seconds}` }),
  status: {
    conditions: [{ type: 'Ready', status, reason, message: '', lastTransitionTime: ago(seconds) }],
  },
});

const namesOf = (...items: NodeEni[]) => unreadyIn({ items, invalid: [] }, NOW);

describe('unreadyIn', () => {
  it('names what has not been ready for a quarter of an hour', () => {
    const names = namesOf(
      since(900, 'AccessDenied'),
      since(899, 'SubnetFull'),
      since(7200, 'AllInterfacesReady', 'True'),
      since(3600, 'Deleting'),
    );

    expect(names).toEqual(['AccessDenied-900', 'Deleting-3600']);
  });

  it.each(['Paused', 'NoMatchingNodes'])('names none that is so by intention: %s', (reason) => {
    expect(namesOf(since(7200, reason))).toEqual([]);
  });

  it('names none of which nothing is known yet', () => {
    expect(namesOf(aNodeEni())).toEqual([]);
  });

  it('names those that cannot be read too', () => {
    const { metadata, status } = since(1000, 'UnreadableSpec');
    const invalid = [
      { name: metadata.name, metadata, faults: ['spec: no'], ...(status && { status }) },
    ];

    expect(unreadyIn({ items: [], invalid }, NOW)).toEqual(['UnreadableSpec-1000']);
  });
});
