import { describe, expect, it } from 'vitest';
import { createNodeEniView } from '#cli/local/node-eni-view.ts';

const nodeEni = (name: string, reason: string, rows: readonly string[]) => ({
  metadata: { name },
  status: {
    attachments: rows.map((row) => ({ reason: row })),
    conditions: [
      { type: 'Ready', status: reason === 'AllInterfacesReady' ? 'True' : 'False', reason },
    ],
  },
});

describe('What is seen of the NodeENIs', () => {
  it('is how many interfaces each has, by reason, and whether it is ready', () => {
    const view = createNodeEniView();

    view.see(nodeEni('data', 'AllInterfacesReady', ['Attached', 'Attached']));
    view.see(nodeEni('voice', 'AccessDenied', ['Attached', 'AccessDenied']));

    expect(view.interfaces()).toEqual([
      [{ nodeeni: 'data', reason: 'Attached' }, 2],
      [{ nodeeni: 'voice', reason: 'Attached' }, 1],
      [{ nodeeni: 'voice', reason: 'AccessDenied' }, 1],
    ]);
    expect(view.ready()).toEqual([
      [{ nodeeni: 'data', reason: 'AllInterfacesReady' }, 1],
      [{ nodeeni: 'voice', reason: 'AccessDenied' }, 0],
    ]);
  });

  it('is what they are now, and nothing of those that are gone', () => {
    const view = createNodeEniView();
    view.see(nodeEni('data', 'InProgress', ['Attaching']));
    view.see(nodeEni('voice', 'InProgress', []));

    view.see(nodeEni('data', 'AllInterfacesReady', ['Attached']));
    view.forget('voice');

    expect(view.interfaces()).toEqual([[{ nodeeni: 'data', reason: 'Attached' }, 1]]);
    expect(view.ready()).toEqual([[{ nodeeni: 'data', reason: 'AllInterfacesReady' }, 1]]);
  });

  it('counts the interfaces for which a status has no row', () => {
    const view = createNodeEniView();
    const { metadata, status } = nodeEni('data', 'InProgress', ['Attached']);

    view.see({ metadata, status: { ...status, attachmentsOmitted: 40 } });

    expect(view.interfaces()).toEqual([
      [{ nodeeni: 'data', reason: 'Attached' }, 1],
      [{ nodeeni: 'data', reason: 'NotListed' }, 40],
    ]);
  });

  it('is not ready for one without a status', () => {
    const view = createNodeEniView();

    view.see({ metadata: { name: 'new' } });

    expect(view.ready()).toEqual([[{ nodeeni: 'new', reason: '' }, 0]]);
  });
});
