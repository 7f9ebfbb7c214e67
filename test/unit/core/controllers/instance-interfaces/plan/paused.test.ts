import { describe, expect, it } from 'vitest';
import type { NodeEniSpec } from '#core/apis/v1alpha1/node-eni.ts';
import { planInstance } from '#core/controllers/instance-interfaces/plan/plan.ts';
import type { Observed } from '#core/instance/observed.ts';
import { aNode, aNodeEni, anEni, anObservation, aRecord, aState } from '#test/support/builders.ts';

const SLOT = 'data/subnet-a';
const UNSELECTED = { node: aNode({ labels: {} }) };

/** A host with an agent, which has set up the link. */
const configured = aState(
  { [SLOT]: aRecord() },
  { host: { [SLOT]: { eniId: 'eni-1', generation: 1, configured: true } } },
);
const ATTACHED = { ours: [anEni()], state: configured };

const slotOf = (spec: Partial<NodeEniSpec>, observed: Partial<Observed>) =>
  planInstance(anObservation({ nodeEnis: [aNodeEni({ paused: true, ...spec })], ...observed }))
    .slots[0];

describe('planInstance, for a paused NodeENI', () => {
  it.each([
    { name: 'there is no interface yet', observed: {}, would: 'create an ENI in subnet-a' },
    {
      name: 'the node is no longer selected',
      observed: { ...ATTACHED, ...UNSELECTED },
      would: 'ask the host to let go of the link',
    },
    {
      name: 'the interface is to move',
      spec: { deviceIndex: 3, deviceIndexPolicy: 'Require' },
      observed: ATTACHED,
      would: 'ask the host to let go of the link',
    },
    {
      name: 'another MTU is asked for',
      spec: { mtu: 9000 },
      observed: ATTACHED,
      would: 'tell the host what changed',
    },
  ] satisfies {
    name: string;
    spec?: Partial<NodeEniSpec>;
    observed: Partial<Observed>;
    would: string;
  }[])(
    'changes nothing when $name, neither in EC2 nor on the host',
    ({ spec = {}, observed, would }) => {
      const slot = slotOf(spec, observed);

      expect(slot).not.toHaveProperty('action');
      expect(slot).not.toHaveProperty('record');
      expect(slot?.report).toEqual({
        phase: 'Pending',
        reason: 'Paused',
        message: expect.stringContaining(`Without that: ${would}`),
      });
    },
  );

  it('says that the interface is attached when nothing would change', () => {
    const record = slotOf({ paused: false }, ATTACHED)?.record ?? aRecord();

    const slot = slotOf({}, { ...ATTACHED, state: aState({ [SLOT]: record }) });

    expect(slot?.report).toMatchObject({ phase: 'Attached', reason: 'Attached' });
  });

  it('goes on with the release of an earlier one of its name', () => {
    const nodeEni = aNodeEni({ paused: true });
    const later = { ...nodeEni, metadata: { ...nodeEni.metadata, uid: 'uid-2' } };

    const [slot] = planInstance(anObservation({ nodeEnis: [later], ...ATTACHED })).slots;

    expect(slot?.record).toMatchObject({ phase: 'Releasing', generation: 2 });
    expect(slot?.report?.reason).toBe('WaitingForHost');
  });
});
