import { describe, expect, it } from 'vitest';
import type { HostStatus } from '#core/apis/v1alpha1/node-eni-state.ts';
import { createPersonEvents, type PersonEvent } from '#node-agent/agent/person-events.ts';
import { SLOT } from '../builders.ts';

const found = (reason: string, changes: Partial<HostStatus> = {}) => ({
  [SLOT]: {
    eniId: 'eni-06',
    generation: 1,
    configured: false,
    reason,
    message: `${reason}, in words.`,
    ...changes,
  },
});
const CURED = { [SLOT]: { eniId: 'eni-06', generation: 1, configured: true } };

const start = () => {
  let time = 0;
  let isAway = false;
  const recorded: PersonEvent[] = [];
  const events = createPersonEvents(
    {
      async record(event) {
        if (isAway) throw new Error('away');
        recorded.push(event);
      },
    },
    () => time,
  );
  return {
    events,
    recorded,
    reasons: () => recorded.map(({ reason }) => reason),
    elapse(seconds: number) {
      time += seconds;
    },
    setAway(value: boolean) {
      isAway = value;
    },
  };
};

describe('createPersonEvents', () => {
  it('records what a person must act on, with the interface that it is about', async () => {
    const { events, recorded } = start();

    await events.record(found('BindFailed'));

    expect(recorded).toEqual([
      {
        type: 'Warning',
        reason: 'BindFailed',
        message: 'data/subnet-1 (eni-06): BindFailed, in words.',
        identity: 'data/subnet-1 eni-06@1 BindFailed',
      },
    ]);
  });

  it('records one event for each change, and repeats none while findings take turns', async () => {
    const { events, reasons, elapse } = start();
    for (const reason of ['BindFailed', 'BindFailed', 'InUse', 'BindFailed', 'InUse']) {
      await events.record(found(reason));
      elapse(60);
    }

    expect(reasons()).toEqual(['BindFailed', 'InUse']);
  });

  it('records it again when it was cured, or something else was asked, in between', async () => {
    const { events, reasons } = start();
    await events.record(found('InUse'));
    await events.record(CURED);
    await events.record(found('InUse'));

    await events.record(found('InUse', { generation: 2 }));

    expect(reasons()).toEqual(['InUse', 'InUse', 'InUse']);
  });

  it('records what passes by itself only when it does not', async () => {
    const { events, reasons, elapse } = start();
    await events.record(found('DeviceNotSeen'));
    elapse(299);
    await events.record(found('DeviceNotSeen'));
    const early = reasons();
    elapse(1);

    await events.record(found('DeviceNotSeen'));

    expect(early).toEqual([]);
    expect(reasons()).toEqual(['DeviceNotSeen']);
  });

  it('does not warn of an interface that is as asked', async () => {
    const { events, recorded } = start();

    await events.record(found('NoIommu', { configured: true }));

    expect(recorded).toMatchObject([{ type: 'Normal', reason: 'NoIommu' }]);
  });

  it('records at the next call what could not be recorded', async () => {
    const { events, reasons, setAway } = start();
    setAway(true);
    await expect(events.record(found('InUse'))).rejects.toThrow('away');
    setAway(false);

    await events.record(found('InUse'));

    expect(reasons()).toEqual(['InUse']);
  });

  it('forgets an interface that is gone', async () => {
    const { events, reasons } = start();
    await events.record(found('InUse'));
    await events.record({});

    await events.record(found('InUse'));

    expect(reasons()).toEqual(['InUse', 'InUse']);
  });
});
