import { describe, expect, it } from 'vitest';
import { TAGS } from '#core/apis/v1alpha1/names.ts';
import { planInstance } from '#core/controllers/instance-interfaces/plan/plan.ts';
import type { Observed } from '#core/instance/observed.ts';
import {
  aGroup,
  ago,
  aNode,
  aNodeEni,
  anAvailableEni,
  anEni,
  anInstance,
  anObservation,
  aRecord,
  aState,
  aSubnet,
  INSTANCE_ID,
  without,
} from '#test/support/builders.ts';

const SLOT = 'data/subnet-a';
const HOST_ROW = { [SLOT]: { eniId: 'eni-1', generation: 1 } };

const actionsFor = (observed: Partial<Observed>) =>
  planInstance(anObservation(observed)).slots.flatMap(({ action }) => action ?? []);

const slotFor = (observed: Partial<Observed>, slot = SLOT) =>
  planInstance(anObservation(observed)).slots.find((plan) => plan.slot === slot);

describe('planInstance, for an interface that is wanted', () => {
  it('creates the missing ENI and records the parameters of the call', () => {
    const plan = slotFor({});

    expect(plan?.action).toMatchObject({
      type: 'create',
      parameters: { subnetId: 'subnet-a', groupIds: ['sg-1'] },
    });
    expect(plan?.record?.create).toEqual(plan?.action?.type === 'create' && plan.action.parameters);
  });

  it('replays the recorded parameters as long as nothing proves the first call vain', () => {
    const record = aRecord();
    const { eniId: _, ...unanswered } = record;

    const [action] = actionsFor({
      state: aState({ [SLOT]: unanswered }),
      nodeEnis: [aNodeEni({ description: 'changed since' })],
    });

    expect(action).toEqual({ type: 'create', slot: SLOT, parameters: record.create });
  });

  it.each([
    { name: 'unanswered', eniId: undefined },
    { name: 'answered', eniId: 'eni-1' },
  ])(
    'makes no call again that the cluster before recorded, $name, when its NodeENI was restored with its uid',
    ({ eniId }) => {
      const { eniId: _, create, ...record } = aRecord();
      const before = { ...create, tags: { [TAGS.clusterUid]: 'uid-of-the-cluster-before' } };

      const plan = slotFor({
        state: aState({
          [SLOT]: { ...record, ...(eniId && { eniId }), create: before as typeof create },
        }),
      });

      const { parameters } = plan?.action?.type === 'create' ? plan.action : {};
      expect(parameters?.tags[TAGS.clusterUid]).toBe(anObservation({}).cluster.uid);
      expect(plan?.record).toMatchObject({ create: { clientToken: parameters?.clientToken } });
      expect(plan?.record?.eniId).toBeUndefined();
    },
  );

  it('waits for an ENI that was made a minute ago and is not visible yet', () => {
    const create = { ...aRecord().create, incarnation: ago(60) } as const;
    const record = aRecord({ create: create as never });

    const plan = slotFor({ state: aState({ [SLOT]: record }) });

    expect(plan).toMatchObject({ report: { reason: 'NotVisibleYet' }, requeueAfterSeconds: 15 });
    expect(plan?.action).toBeUndefined();
  });

  it('begins a new incarnation when the recorded ENI is gone', () => {
    const [action] = actionsFor({ state: aState({ [SLOT]: aRecord() }) });

    expect(action).toMatchObject({ type: 'create' });
    expect(action?.type === 'create' && action.parameters.clientToken).not.toBe('token-1');
  });

  it('attaches an ENI of ours that hangs loose instead of making a second one', () => {
    expect(actionsFor({ ours: [anAvailableEni()] })).toEqual([
      { type: 'attach', slot: SLOT, eniId: 'eni-1', deviceIndex: 2, networkCardIndex: 0 },
    ]);
  });

  it('counts an interface that is only attaching as holder of its index', () => {
    const taken = {
      eniId: 'eni-x',
      attachmentId: 'a',
      deviceIndex: 2,
      networkCardIndex: 0,
      status: 'attaching',
      deleteOnTermination: false,
    } as const;
    const instance = anInstance({ interfaces: [...anInstance().interfaces, taken] });

    expect(actionsFor({ ours: [anAvailableEni()], instance })).toMatchObject([
      { type: 'attach', deviceIndex: 3 },
    ]);
  });

  it('sets delete-on-termination both ways, and not at all when it is right', () => {
    const eni = anEni();

    expect(actionsFor({ ours: [eni] })).toEqual([]);
    expect(
      actionsFor({ ours: [eni], nodeEnis: [aNodeEni({ deleteOnTermination: false })] }),
    ).toEqual([
      {
        type: 'set-delete-on-termination',
        slot: SLOT,
        eniId: 'eni-1',
        attachmentId: 'eni-attach-1',
        value: false,
      },
    ]);
  });

  it.each([
    { name: 'groups', spec: { securityGroupIDs: ['sg-1', 'sg-2'] }, type: 'set-groups' },
    { name: 'the description', spec: { description: 'tenant a' }, type: 'set-description' },
    {
      name: 'the source/destination check',
      spec: { sourceDestCheck: false },
      type: 'set-source-dest-check',
    },
    { name: 'tags', spec: { tags: { team: 'core' } }, type: 'set-tags' },
    { name: 'addresses', spec: { secondaryPrivateIPAddressCount: 4 }, type: 'assign-addresses' },
  ])('mends $name in place when the spec changes', ({ spec, type }) => {
    const observed = {
      ours: [anEni()],
      nodeEnis: [aNodeEni(spec)],
      securityGroups: [aGroup(), aGroup({ groupId: 'sg-2' })],
    };

    expect(actionsFor(observed).map((action) => action.type)).toEqual([type]);
  });

  it('takes off a tag that the spec no longer has, and leaves tags of other people alone', () => {
    const eni = anEni({ tags: { team: 'core', owner: 'somebody' } });

    expect(
      actionsFor({
        ours: [eni],
        state: aState({ [SLOT]: aRecord({ userTags: { team: 'core' } }) }),
      }),
    ).toEqual([{ type: 'remove-tags', slot: SLOT, eniId: 'eni-1', keys: ['team'] }]);
  });

  it('makes one ENI for a subnet that is named twice', () => {
    const nodeEnis = [aNodeEni({ subnetIDs: ['subnet-a', 'subnet-a'], subnetNames: ['lan'] })];

    expect(actionsFor({ nodeEnis, subnets: [aSubnet({ tags: { Name: 'lan' } })] })).toHaveLength(1);
  });

  it('serves the subnet of its own zone at the asked index and says why the others are skipped', () => {
    const nodeEnis = [aNodeEni({ subnetIDs: ['subnet-b', 'subnet-a'] })];
    const subnets = [aSubnet(), aSubnet({ subnetId: 'subnet-b', zone: 'us-east-1b' })];

    expect(actionsFor({ nodeEnis, subnets, ours: [anAvailableEni()] })).toMatchObject([
      { deviceIndex: 2 },
    ]);
    expect(slotFor({ nodeEnis, subnets }, 'data/subnet-b')?.report).toMatchObject({
      phase: 'Skipped',
      reason: 'OtherZone',
    });
  });

  it.each([
    { reason: 'SubnetNotFound', slot: SLOT, observed: { subnets: [] } },
    { reason: 'SecurityGroupNotFound', slot: SLOT, observed: { securityGroups: [] } },
    {
      reason: 'InvalidSecurityGroups',
      slot: SLOT,
      observed: { securityGroups: [aGroup({ vpcId: 'vpc-2' })] },
    },
    {
      reason: 'SubnetFull',
      slot: SLOT,
      observed: { subnets: [aSubnet({ availableAddresses: 0 })] },
    },
    {
      reason: 'UnsupportedNode',
      slot: SLOT,
      observed: { instance: anInstance({ operator: 'eks.amazonaws.com' }) },
    },
    {
      reason: 'InstanceLimitReached',
      slot: SLOT,
      observed: { limits: { instanceType: 't', maximumNetworkInterfaces: 1, networkCards: [1] } },
    },
    {
      reason: 'NetworkCardNotFound',
      slot: SLOT,
      observed: { nodeEnis: [aNodeEni({ networkCardIndex: 1 })] },
    },
    {
      reason: 'SubnetAmbiguous',
      slot: 'data/lan',
      observed: {
        nodeEnis: [aNodeEni({ subnetID: undefined, subnetName: 'lan' })],
        subnets: [
          aSubnet({ tags: { Name: 'lan' } }),
          aSubnet({ subnetId: 'subnet-c', tags: { Name: 'lan' } }),
        ],
      },
    },
  ])('makes no call at all and says $reason', ({ reason, slot, observed }) => {
    expect(actionsFor(observed)).toEqual([]);
    expect(slotFor(observed, slot)?.report).toMatchObject({ phase: 'Failed', reason });
  });

  it('waits for a required index that somebody else holds', () => {
    const taken = {
      eniId: 'eni-x',
      attachmentId: 'a',
      deviceIndex: 2,
      networkCardIndex: 0,
      status: 'attached',
      deleteOnTermination: false,
    } as const;
    const observed = {
      instance: anInstance({ interfaces: [...anInstance().interfaces, taken] }),
      nodeEnis: [aNodeEni({ deviceIndexPolicy: 'Require' })],
    };

    expect(actionsFor(observed)).toEqual([]);
    expect(slotFor(observed)?.report?.reason).toBe('DeviceIndexInUse');
  });

  it('builds nothing on an instance that is about to end, and still sets its flags', () => {
    const eni = anEni();
    const unflagged = {
      ...eni,
      attachment: eni.attachment && { ...eni.attachment, deleteOnTermination: false },
    };

    expect(actionsFor({ isTerminating: true })).toEqual([]);
    expect(actionsFor({ isTerminating: true, ours: [unflagged as never] })).toMatchObject([
      { type: 'set-delete-on-termination', value: true },
    ]);
  });
});

describe('planInstance, for an interface that is no longer wanted', () => {
  const unlabelled = { node: aNode({ labels: {} }) };

  it('detaches at once where no agent ever reported', () => {
    const observed = { ...unlabelled, ours: [anEni()], state: aState({ [SLOT]: aRecord() }) };

    expect(actionsFor(observed)).toEqual([
      { type: 'detach', slot: SLOT, eniId: 'eni-1', attachmentId: 'eni-attach-1' },
    ]);
    expect(slotFor(observed)?.record).toMatchObject({ phase: 'Releasing', generation: 2 });
  });

  it('waits for the agent, and no longer than a minute', () => {
    const releasing = (since: number) =>
      aState(
        { [SLOT]: aRecord({ phase: 'Releasing', releasingSince: ago(since) }) },
        { host: HOST_ROW },
      );

    expect(actionsFor({ ...unlabelled, ours: [anEni()], state: releasing(30) })).toEqual([]);
    expect(actionsFor({ ...unlabelled, ours: [anEni()], state: releasing(60) })).toMatchObject([
      { type: 'detach' },
    ]);
  });

  it('believes only a release of this very ENI in this generation', () => {
    const record = aRecord({ phase: 'Releasing', releasingSince: ago(10), generation: 3 });
    const acknowledged = (generation: number, eniId = 'eni-1') =>
      aState({ [SLOT]: record }, { host: { [SLOT]: { eniId, generation, released: true } } });

    expect(actionsFor({ ...unlabelled, ours: [anEni()], state: acknowledged(2) })).toEqual([]);
    expect(actionsFor({ ...unlabelled, ours: [anEni()], state: acknowledged(3, 'eni-0') })).toEqual(
      [],
    );
    expect(actionsFor({ ...unlabelled, ours: [anEni()], state: acknowledged(3) })).toMatchObject([
      { type: 'detach' },
    ]);
  });

  it('deletes the ENI once it hangs loose, and forgets the slot once it is gone', () => {
    const state = aState({ [SLOT]: aRecord({ phase: 'Releasing', releasingSince: ago(20) }) });

    expect(actionsFor({ ...unlabelled, ours: [anAvailableEni()], state })).toEqual([
      { type: 'delete', slot: SLOT, eniId: 'eni-1' },
    ]);
    expect(slotFor({ ...unlabelled, state })?.record).toBeNull();
  });

  it('does not forget a slot whose create call may still be on its way', () => {
    const create = { ...aRecord().create, incarnation: ago(30) } as never;
    const { eniId: _, ...record } = aRecord({ create });

    expect(slotFor({ ...unlabelled, state: aState({ [SLOT]: record }) })?.record).toBeUndefined();
  });

  it('reports a detachment that hangs, and never forces it', () => {
    const eni = anEni();
    const detaching = {
      ...eni,
      status: 'detaching',
      attachment: { ...eni.attachment, status: 'detaching' },
    } as never;
    const state = aState({ [SLOT]: aRecord({ phase: 'Releasing', releasingSince: ago(700) }) });

    expect(actionsFor({ ...unlabelled, ours: [detaching], state })).toEqual([]);
    expect(slotFor({ ...unlabelled, ours: [detaching], state })?.report?.reason).toBe(
      'DetachStuck',
    );
  });

  it('keeps everything while the Node is not there to tell its labels', () => {
    const observed = without(
      anObservation({ ours: [anEni()], state: aState({ [SLOT]: aRecord() }) }),
      'node',
    );

    expect(planInstance(observed).slots.flatMap(({ action }) => action ?? [])).toEqual([]);
  });

  it('keeps what was attached on a predicted label until the Node has been Ready for ten minutes', () => {
    const readyFor = (seconds: number) => ({
      predictedLabels: { ng: 'multi-eni' },
      node: aNode({ labels: {}, readySince: new Date(ago(seconds)) }),
      ours: [anEni()],
      state: aState({ [SLOT]: aRecord() }),
    });

    expect(actionsFor(readyFor(599))).toEqual([]);
    expect(actionsFor(readyFor(600))).toMatchObject([{ type: 'detach' }]);
  });

  it('keeps the interface while its subnet can no longer be resolved', () => {
    const observed = { subnets: [], ours: [anEni()], state: aState({ [SLOT]: aRecord() }) };

    expect(actionsFor(observed)).toEqual([]);
    expect(slotFor(observed)?.record).toBeUndefined();
  });
});

describe('planInstance, for things that are not ours to touch', () => {
  it('never touches what sits at index 0 of card 0, whatever its tags say', () => {
    const primary = anEni({
      attachment: {
        attachmentId: 'p',
        instanceId: INSTANCE_ID,
        deviceIndex: 0,
        networkCardIndex: 0,
        status: 'attached',
        deleteOnTermination: true,
      },
    });

    const actions = actionsFor({ node: aNode({ labels: {} }), ours: [primary] });

    expect(actions).toEqual([]);
  });

  it('gives up an ENI that someone attached to another instance, and makes a new one', () => {
    const moved = anEni({
      attachment: {
        attachmentId: 'm',
        instanceId: 'i-0other',
        deviceIndex: 1,
        networkCardIndex: 0,
        status: 'attached',
        deleteOnTermination: true,
      },
    });

    const actions = actionsFor({ ours: [moved], state: aState({ [SLOT]: aRecord() }) });

    expect(actions.map(({ type }) => type).toSorted()).toEqual(['create', 'give-up']);
  });

  it('makes nothing beside an ENI of the Go controller', () => {
    const unadopted = { nodeEni: 'data', eni: { ...anEni(), tags: { NodeENI: 'data' } } };

    expect(actionsFor({ unadopted: [unadopted] })).toEqual([]);
    expect(slotFor({ unadopted: [unadopted] })?.report?.reason).toBe('NeedsAdoption');
  });

  it('deletes an unowned ENI only after the sweep has marked it', () => {
    const orphan = (sighting?: string) =>
      anAvailableEni({
        tags: { [TAGS.uid]: 'uid-of-nobody', ...(sighting && { [TAGS.orphanSince]: sighting }) },
      });
    const observed = { nodeEnis: [] };

    expect(actionsFor({ ...observed, ours: [orphan()] })).toEqual([]);
    expect(actionsFor({ ...observed, ours: [orphan(ago(10))] })).toEqual([]);
    expect(actionsFor({ ...observed, ours: [orphan(ago(300))] })).toMatchObject([
      { type: 'delete', eniId: 'eni-1' },
    ]);
  });
});

describe('planInstance, for an instance that has ended', () => {
  const gone = { instance: anInstance({ state: 'terminated', interfaces: [] }) };

  it('deletes what EC2 left behind', () => {
    expect(
      actionsFor({ ...gone, ours: [anAvailableEni()], state: aState({ [SLOT]: aRecord() }) }),
    ).toMatchObject([{ type: 'delete', eniId: 'eni-1' }]);
  });

  it('keeps and names what deleteOnTermination: false keeps', () => {
    const observed = {
      ...gone,
      nodeEnis: [aNodeEni({ deleteOnTermination: false })],
      ours: [anAvailableEni()],
      state: aState({ [SLOT]: aRecord() }),
    };

    expect(actionsFor(observed)).toEqual([]);
    expect(slotFor(observed)?.report?.phase).toBe('Retained');
  });

  it('is finished when nothing of ours is left', () => {
    const plan = planInstance(anObservation({ ...gone, state: aState({ [SLOT]: aRecord() }) }));

    expect(plan.isFinished).toBe(true);
  });

  it('believes that an instance is unknown only in a second reconcile', () => {
    const observed = without(anObservation({ state: aState({ [SLOT]: aRecord() }) }), 'instance');
    const later = {
      ...observed,
      state: { ...aState({ [SLOT]: aRecord() }), spec: { missingSince: ago(61), interfaces: {} } },
    };

    expect(planInstance(observed)).toMatchObject({ isUndecided: true, slots: [] });
    expect(planInstance(later)).toMatchObject({ isUndecided: false, isFinished: true });
  });
});
