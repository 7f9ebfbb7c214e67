import { describe, expect, it } from 'vitest';
import { TAGS } from '#core/apis/v1alpha1/names.ts';
import {
  ATTACHMENT,
  ago,
  aNode,
  aNodeEni,
  anEni,
  anInstance,
  anObservation,
  aRecord,
  aState,
  aSubnet,
  INSTANCE_ID,
} from '#test/support/builders.ts';
import {
  aSmallWorld,
  OTHER_INSTANCE,
  OTHER_NODE,
  stateAfter,
  UNSETTLED_LABEL,
  type World,
} from './small-world.ts';

const SETTLED = stateAfter(anObservation({ ours: [anEni()] }));
const { status: _, ...UNTOLD } = SETTLED;

const unsettled = async (world: World) => {
  const { interfaces, given, done } = aSmallWorld(world);
  const found = await interfaces.findUnsettled(given);
  return { found, done };
};

const drifted = anEni({ description: 'by hand' });
const onItsWay = anEni({ attachment: { ...ATTACHMENT, status: 'attaching' } });
const hostCommand = {
  digest: '',
  bootedAt: '',
  sentAt: ago(60),
  commandId: 'command-1',
  failures: 0,
};
const aTwin = aNodeEni({ subnetIDs: ['subnet-b'] });
const ofNobody = { nodes: [], nodeEnis: [] };

describe('findUnsettled, for one instance', () => {
  it.each<[string, World]>([
    [
      'whose ENI drifted',
      { shown: [[drifted]], states: [stateAfter(anObservation({ ours: [drifted] }))] },
    ],
    [
      'whose attachment is on its way',
      { shown: [[onItsWay]], states: [stateAfter(anObservation({ ours: [onItsWay] }))] },
    ],
    [
      'whose record lags',
      {
        shown: [[anEni()]],
        states: [
          { ...SETTLED, spec: { ...SETTLED.spec, interfaces: { 'data/subnet-a': aRecord() } } },
        ],
      },
    ],
    [
      'whose node has a name that is not recorded',
      {
        shown: [[anEni()]],
        states: [{ ...SETTLED, spec: { ...SETTLED.spec, nodeName: 'another' } }],
      },
    ],
    // Else a second miss, days later, would be taken for the one that confirms it.
    [
      'that was missed once and is there again',
      {
        shown: [[anEni()]],
        states: [{ ...SETTLED, spec: { ...SETTLED.spec, missingSince: ago(86_400) } }],
      },
    ],
    [
      'whose host speaks of a slot that is gone',
      {
        shown: [[anEni()]],
        states: [
          {
            ...SETTLED,
            status: {
              ...SETTLED.status,
              host: { 'old/subnet-a': { eniId: 'eni-0', generation: 1, configured: true } },
            },
          },
        ],
      },
    ],
    [
      'whose NodeENI was edited since, though nothing is to be done for it',
      { shown: [[anEni()]], states: [SETTLED], nodeEnis: [aNodeEni({}, { generation: 2 })] },
    ],
    [
      'whose node has labels that are to change',
      {
        shown: [[anEni()]],
        states: [SETTLED],
        nodes: [aNode({ labels: { ...aNode().labels, [UNSETTLED_LABEL]: '' } })],
      },
    ],
    ['whose status lags', { shown: [[anEni()]], states: [UNTOLD] }],
    [
      'on which a command runs',
      {
        nodeEnis: [],
        commands: {},
        states: [{ ...aState(), spec: { ...aState().spec, hostCommand } }],
      },
    ],
    [
      'of which EC2 cannot tell yet whether it lives',
      { nodeEnis: [], instances: [anInstance({ state: 'shutting-down' })] },
    ],
    [
      'that is gone and has a state object',
      { ...ofNobody, instances: [anInstance({ state: 'terminated' })], states: [aState()] },
    ],
    [
      'that cannot be planned',
      {
        commands: {},
        shown: [[anEni()]],
        states: [SETTLED],
        instances: [anInstance({ launchTime: new Date(Number.NaN) })],
      },
    ],
  ])('names one %s', async (_name, world) => {
    expect(await unsettled(world)).toEqual({ found: [INSTANCE_ID], done: [] });
  });

  it.each<[string, World]>([
    ['of which everything is reported', { shown: [[anEni()]], states: [SETTLED] }],
    [
      'that is gone and has no state object',
      { nodes: [aNode()], instances: [anInstance({ state: 'terminated' })] },
    ],
    [
      'of another cluster, whatever happens to it',
      { ...ofNobody, instances: [anInstance({ tags: {}, state: 'shutting-down' })] },
    ],
  ])('does not name one %s', async (_name, world) => {
    expect(await unsettled(world)).toEqual({ found: [], done: [] });
  });
});

describe('findUnsettled, for several instances', () => {
  it('names only those that need a reconcile', async () => {
    const world = {
      instances: [anInstance(), OTHER_INSTANCE],
      nodes: [aNode(), OTHER_NODE],
      shown: [[anEni(), anEni({ eniId: 'eni-2', tags: { [TAGS.instance]: 'i-other' } })]],
      states: [SETTLED],
    };

    expect((await unsettled(world)).found).toEqual(['i-other']);
  });

  it('names one slot that waits among those that are done', async () => {
    const second = anEni({
      eniId: 'eni-2',
      subnetId: 'subnet-b',
      attachment: { ...ATTACHMENT, attachmentId: 'b', deviceIndex: 3, status: 'attaching' },
    });
    const observed = anObservation({
      ours: [anEni(), second],
      nodeEnis: [aTwin],
      subnets: [aSubnet(), aSubnet({ subnetId: 'subnet-b' })],
    });

    const { found } = await unsettled({
      nodeEnis: [aTwin],
      shown: [[anEni(), second]],
      states: [stateAfter(observed)],
    });

    expect(found).toEqual([INSTANCE_ID]);
  });
});
