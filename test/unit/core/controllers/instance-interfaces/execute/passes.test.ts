import { describe, expect, it } from 'vitest';
import {
  beginReconcile,
  resumeReconcile,
  runReconcile,
} from '#core/controllers/instance-interfaces/execute/passes.ts';
import type { Observed } from '#core/instance/observed.ts';
import {
  aNode,
  aNodeEni,
  anAvailableEni,
  anEni,
  anObservation,
  aSubnet,
  INSTANCE_ID,
  NOW,
  without,
} from '#test/support/builders.ts';
import { aSmallWorld, stateAfter, type World } from '../small-world.ts';

const SLOT = 'data/subnet-a';

/** Two slots, of which `data/subnet-b` comes second. */
const TWO: Partial<Observed> = {
  nodeEnis: [aNodeEni({ subnetIDs: ['subnet-b'] })],
  subnets: [aSubnet(), aSubnet({ subnetId: 'subnet-b' })],
};

const run = async (observed: Observed, refused: World['refused'] = {}) => {
  const { dependencies, done } = aSmallWorld({ refused });
  const progress = await runReconcile(beginReconcile(observed), dependencies);
  const reasons = progress.plan.slots.map(({ report }) => report?.reason);
  return { progress, done, reasons };
};

describe('runReconcile', () => {
  it('records what the call must not forget, and goes on to the last step', async () => {
    const { progress, done, reasons } = await run(anObservation());

    expect(done).toEqual([
      `record interfaces,nodeName of ${INSTANCE_ID}`,
      'create in subnet-a',
      'attach eni-new-1 at 2',
      'flag eni-new-1 attachment-of-eni-new-1 true',
    ]);
    expect(progress.results.map(({ action }) => action.type)).toEqual([
      'create',
      'attach',
      'set-delete-on-termination',
    ]);
    expect(reasons).toEqual(['Attaching']);
    expect(progress.observed.state?.spec.nodeName).toBe(aNode().name);
  });

  it('records no name while the node has not registered', async () => {
    const world = without(anObservation({ predictedLabels: { ng: 'multi-eni' } }), 'node');

    const { done } = await run(world);

    expect(done.slice(0, 2)).toEqual([`record interfaces of ${INSTANCE_ID}`, 'create in subnet-a']);
  });

  it('makes no call where there is nothing to do, and leaves the reconcile as it is', async () => {
    const start = beginReconcile(anObservation({ ours: [anEni()] }));

    const progress = await runReconcile(start, aSmallWorld().dependencies);

    expect(progress).toBe(start);
  });

  it('keeps a state that needs no record first, and has none where there was none', async () => {
    const drifted = anEni({ description: 'by hand' });
    const state = stateAfter(anObservation({ ours: [drifted] }));

    const kept = await run(anObservation({ ours: [drifted], state }));
    const none = await run(anObservation({ ours: [drifted] }));

    expect(kept.progress.observed.state).toBe(state);
    expect(none.progress.observed).not.toHaveProperty('state');
    expect(kept.done).toEqual(['describe eni-1']);
  });

  it('shows in every state what the host answered', async () => {
    const command = { digest: '', bootedAt: '', sentAt: '', commandId: 'command-1', failures: 0 };
    const row = { eniId: 'eni-1', generation: 1 };
    const answer = { command, rows: { [SLOT]: row } };

    const { progress } = await run(anObservation({ answer }));

    expect(progress.observed.state).toMatchObject({
      spec: { hostCommand: command },
      status: { host: { [SLOT]: row } },
    });
  });

  it('makes twelve rounds and no more', async () => {
    const refused = Object.fromEntries(
      Array.from({ length: 40 }, (_, index) => [`attach eni-1 at ${index}`, 'Conflict'] as const),
    );
    const limits = {
      instanceType: 'm5.4xlarge',
      maximumNetworkInterfaces: 40,
      networkCards: [40],
    };

    const { done } = await run(anObservation({ ours: [anAvailableEni()], limits }), refused);

    expect(done).toHaveLength(12);
  });
});

describe('runReconcile, when a call fails', () => {
  it('tells why, and does not try again in this reconcile while other slots go on', async () => {
    const { done, progress } = await run(anObservation(TWO), { 'create in subnet-a': 'Denied' });

    expect(done.slice(1)).toEqual([
      'create in subnet-a',
      'create in subnet-b',
      // That nothing can come of the refused call.
      `record interfaces,nodeName of ${INSTANCE_ID}`,
      'attach eni-new-1 at 3',
      'flag eni-new-1 attachment-of-eni-new-1 true',
    ]);
    expect(progress.plan.slots).toMatchObject([
      { slot: SLOT, report: { phase: 'Failed', reason: 'AccessDenied' } },
      { slot: 'data/subnet-b', report: { reason: 'Attaching' } },
    ]);
  });

  it('keeps the reason of each slot that fails, however late', async () => {
    const { reasons } = await run(anObservation(TWO), {
      'create in subnet-a': 'Denied',
      'attach eni-new-1 at 3': 'Capacity',
    });

    expect(reasons).toEqual(['AccessDenied', 'CapacityExceeded']);
  });

  it('tries another index at once when the first one is taken', async () => {
    const { done, reasons } = await run(anObservation({ ours: [anAvailableEni()] }), {
      'attach eni-1 at 2': 'Conflict',
    });

    expect(done).toEqual([
      'attach eni-1 at 2',
      'attach eni-1 at 3',
      'flag eni-1 attachment-of-eni-1 true',
    ]);
    expect(reasons).toEqual(['Attaching']);
  });
});

describe('resumeReconcile', () => {
  it('repeats no call whose effect EC2 does not show yet, and reconciles again', async () => {
    const { progress } = await run(anObservation({ ours: [anAvailableEni()] }));

    const { plan } = resumeReconcile(progress, [anAvailableEni()]);

    expect(plan.slots).toMatchObject([
      { report: { reason: 'Attaching' }, requeueAfterSeconds: 15 },
    ]);
    expect(plan.slots[0]).not.toHaveProperty('action');
  });

  it('remembers an attachment that EC2 accepted and does not show, and none that it refused', async () => {
    const unseen = anObservation({ ours: [anAvailableEni()] });
    const { progress: accepted } = await run(unseen);
    const { progress: refused } = await run(unseen, { 'attach eni-1 at 2': 'NotReady' });

    const records = [accepted, refused].map(
      (progress) => resumeReconcile(progress, [anAvailableEni()]).plan.slots[0]?.record,
    );

    expect(records.map((record) => record?.attachAcceptedAt)).toEqual([
      NOW.toISOString(),
      undefined,
    ]);
  });

  it('makes the next call, which is another one', async () => {
    const { progress } = await run(anObservation({ ours: [anAvailableEni()] }));

    const { plan } = resumeReconcile(progress, [anEni({ description: 'by hand' })]);

    expect(plan.slots).toMatchObject([{ action: { type: 'set-description' } }]);
  });

  it('shows a new ENI that EC2 does not show yet, and no other that is gone', async () => {
    const { progress } = await run(anObservation({ ...TWO, ours: [anEni()] }));

    const unseen = resumeReconcile(progress, []).observed.ours;
    const seen = resumeReconcile(progress, [anEni({ eniId: 'eni-new-1' })]).observed.ours;

    expect(unseen).toMatchObject([{ eniId: 'eni-new-1', status: 'in-use' }]);
    expect(seen).toEqual([anEni({ eniId: 'eni-new-1' })]);
  });

  it('forgets no failure of the reconcile', async () => {
    const { progress } = await run(anObservation(), { 'create in subnet-a': 'Denied' });

    const { plan } = resumeReconcile(progress, []);

    expect(plan.slots).toMatchObject([{ report: { reason: 'AccessDenied' } }]);
  });
});
