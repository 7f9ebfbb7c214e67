import { describe, expect, it } from 'vitest';
import { mayHeartbeat, planHook, type Waiting } from '#core/controllers/lifecycle-hooks/plan.ts';
import type { InstanceReadiness } from '#core/readiness.ts';
import { ago, INSTANCE_ID, NOW } from '#test/support/builders.ts';

const aWait = (waiting: Partial<Waiting> = {}): Waiting => ({
  instanceId: INSTANCE_ID,
  hook: {
    groupName: 'workers',
    hookName: 'nodeeni-launch',
    transition: 'launching',
    heartbeatTimeoutSeconds: 120,
    notificationMetadata: '{"cluster":"prod"}',
  },
  settings: {
    cluster: 'prod',
    completeWhen: 'Attached',
    deadlineSeconds: 900,
    onDeadline: 'ABANDON',
  },
  launchTime: new Date(ago(60)),
  ...waiting,
});

const aReadiness = (readiness: Partial<InstanceReadiness> = {}): InstanceReadiness => ({
  isKnown: true,
  unattached: [],
  unconfigured: [],
  isFlagPending: false,
  ...readiness,
});

const missing = (reason: string) => [{ slot: 'data/subnet-a', reason, message: 'Not there.' }];
const decide = (waiting: Partial<Waiting>, readiness: Partial<InstanceReadiness>) => {
  const action = planHook(aWait(waiting), aReadiness(readiness), NOW);
  return action.type === 'complete' ? action.result : action.type;
};

describe('planHook, at launch', () => {
  it('continues when every interface is attached', () => {
    expect(decide({}, {})).toBe('CONTINUE');
  });

  it('waits while an interface is missing, and tells which', () => {
    expect(planHook(aWait(), aReadiness({ unattached: missing('Attaching') }), NOW)).toMatchObject({
      type: 'wait',
      why: 'data/subnet-a: Not there.',
    });
  });

  it('never continues while the labels are unknown', () => {
    expect(decide({}, { isKnown: false })).toBe('wait');
  });

  it('waits for the host only where the hook asks for it', () => {
    const settings = { ...aWait().settings, completeWhen: 'Configured' } as const;

    expect(decide({}, { unconfigured: missing('Attached') })).toBe('CONTINUE');
    expect(decide({ settings }, { unconfigured: missing('Attached') })).toBe('wait');
  });

  it.each(['ABANDON', 'CONTINUE'] as const)('obeys the hook at the deadline: %s', (onDeadline) => {
    const late = { launchTime: new Date(ago(900)), settings: { ...aWait().settings, onDeadline } };

    expect(decide(late, { unattached: missing('Attaching') })).toBe(onDeadline);
    expect(decide(late, { isKnown: false })).toBe(onDeadline);
  });

  it('waits in the last second before the deadline', () => {
    expect(decide({ launchTime: new Date(ago(899)) }, { unattached: missing('Attaching') })).toBe(
      'wait',
    );
  });

  it('waits for a place that somebody else holds and may give back, until the deadline', () => {
    const unattached = missing('InstanceLimitReached');

    expect(decide({}, { unattached })).toBe('wait');
    expect(decide({ launchTime: new Date(ago(900)) }, { unattached })).toBe('ABANDON');
  });

  it.each(['TooManyInterfaces', 'NetworkCardNotFound', 'DeviceIndexOutOfRange', 'UnsupportedNode'])(
    'does not wait for what can never come: %s',
    (reason) => {
      expect(decide({}, { unattached: missing(reason) })).toBe('ABANDON');
    },
  );

  it('gives up for one hopeless interface among others, and tells which', () => {
    const hopeless = { slot: 'data/subnet-b', reason: 'UnsupportedNode', message: 'Never.' };
    const unattached = [...missing('Attaching'), hopeless];

    expect(planHook(aWait(), aReadiness({ unattached }), NOW)).toMatchObject({
      type: 'complete',
      result: 'ABANDON',
      why: 'Cannot become ready. data/subnet-b: Never.',
    });
  });

  it.each([
    { seconds: 599, isLate: false },
    { seconds: 600, isLate: true },
  ])('is late: $isLate, $seconds of 900 seconds after launch', ({ seconds, isLate }) => {
    const waiting = aWait({ launchTime: new Date(ago(seconds)) });

    expect(planHook(waiting, aReadiness({ isKnown: false }), NOW)).toMatchObject({ isLate });
  });

  it('knows no deadline while EC2 does not show the instance', () => {
    const { launchTime: _, ...unseen } = aWait();
    const readiness = aReadiness({ unattached: missing('Attaching') });

    expect(planHook(unseen, readiness, NOW).type).toBe('wait');
  });

  it('counts the interfaces beyond the first, and says how long it waited', () => {
    const unattached = [...missing('Attaching'), ...missing('SubnetFull'), ...missing('Error')];
    const late = aWait({ launchTime: new Date(ago(900)) });

    expect(planHook(late, aReadiness({ unattached }), NOW)).toMatchObject({
      why: 'Not ready 900 s after launch. data/subnet-a: Not there. And 2 more.',
    });
  });

  it('says why it waits for a node without labels', () => {
    expect(planHook(aWait(), aReadiness({ isKnown: false }), NOW)).toMatchObject({
      why: 'The labels of the node are not known yet.',
    });
  });

  it('waits for the attachment too where the hook asks for the host', () => {
    const settings = { ...aWait().settings, completeWhen: 'Configured' } as const;

    expect(decide({ settings }, { unattached: missing('Attaching') })).toBe('wait');
    expect(decide({ settings }, {})).toBe('CONTINUE');
  });
});

describe('planHook, at termination', () => {
  const terminating = { hook: { ...aWait().hook, transition: 'terminating' } } as const;

  it('continues once the flags say what becomes of the interfaces', () => {
    expect(decide(terminating, { isFlagPending: true })).toBe('wait');
    expect(planHook(aWait(terminating), aReadiness({ isFlagPending: true }), NOW)).toMatchObject({
      isLate: false,
    });
    expect(decide(terminating, { unattached: missing('Detaching') })).toBe('CONTINUE');
  });
});

describe('mayHeartbeat', () => {
  it.each([
    {
      what: 'a launch before its deadline',
      waiting: { launchTime: new Date(ago(899)) },
      may: true,
    },
    { what: 'a launch at its deadline', waiting: { launchTime: new Date(ago(900)) }, may: false },
    {
      what: 'an instance that ends',
      waiting: { hook: { ...aWait().hook, transition: 'terminating' } },
      may: false,
    },
  ] satisfies { what: string; waiting: Partial<Waiting>; may: boolean }[])(
    'says $may of $what',
    ({ waiting, may }) => {
      expect(mayHeartbeat(aWait(waiting), NOW)).toBe(may);
    },
  );

  it('keeps a launch alive while EC2 does not show the instance', () => {
    const { launchTime: _, ...unseen } = aWait();

    expect(mayHeartbeat(unseen, NOW)).toBe(true);
  });
});
