import { describe, expect, it } from 'vitest';
import { planHook, type Waiting } from '#core/controllers/lifecycle-hooks/plan.ts';
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
  return action.type === 'complete' ? action.result : 'wait';
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

  it('does not wait for what can never come', () => {
    expect(decide({}, { unattached: missing('InstanceLimitReached') })).toBe('ABANDON');
  });
});

describe('planHook, at termination', () => {
  const terminating = { hook: { ...aWait().hook, transition: 'terminating' } } as const;

  it('continues once the flags say what becomes of the interfaces', () => {
    expect(decide(terminating, { isFlagPending: true })).toBe('wait');
    expect(decide(terminating, { unattached: missing('Detaching') })).toBe('CONTINUE');
  });
});
