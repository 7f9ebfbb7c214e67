import { describe, expect, it } from 'vitest';
import {
  checkPattern,
  type EventPattern,
  matchesPattern,
} from '#simulator/eventbridge/event-pattern.ts';

const event = {
  source: 'aws.autoscaling',
  'detail-type': 'EC2 Instance-launch Lifecycle Action',
  resources: ['arn:a', 'arn:b'],
  detail: {
    AutoScalingGroupName: 'workers-a',
    LifecycleHookName: 'nodeeni-launch',
    Origin: null,
    count: 3,
    isWarm: false,
    nested: [{ key: 'x' }, { key: 'y' }],
  },
};

const CASES: readonly (readonly [EventPattern, boolean])[] = [
  [{ source: ['aws.autoscaling'] }, true],
  [{ source: ['aws.ec2', 'aws.autoscaling'] }, true],
  [{ source: ['aws.ec2'] }, false],
  [{ source: ['aws.autoscaling'], detail: { count: [4] } }, false],
  [{ detail: { count: [3], isWarm: [false], Origin: [null] } }, true],
  [{ detail: { count: ['3'] } }, false],
  [{ detail: { missing: [null] } }, false],
  [{ resources: ['arn:b'] }, true],
  [{ resources: ['arn:c'] }, false],
  [{ detail: { nested: { key: ['y'] } } }, true],
  [{ detail: { nested: { key: ['z'] } } }, false],
  [{ detail: { LifecycleHookName: [{ prefix: 'nodeeni-' }] } }, true],
  [{ detail: { LifecycleHookName: [{ prefix: 'other-' }] } }, false],
  [{ detail: { count: [{ prefix: '3' }] } }, false],
  [{ detail: { LifecycleHookName: [{ wildcard: 'node*-*launch' }] } }, true],
  [{ detail: { LifecycleHookName: [{ wildcard: '*' }] } }, true],
  [{ detail: { LifecycleHookName: [{ wildcard: 'node*-' }] } }, false],
  [{ detail: { LifecycleHookName: [{ wildcard: 'node.*' }] } }, false],
  [{ detail: { count: [{ wildcard: '*' }] } }, false],
  [{ detail: { count: [{ exists: true }] } }, true],
  [{ detail: { missing: [{ exists: true }] } }, false],
  [{ detail: { missing: [{ exists: false }] } }, true],
  [{ detail: { count: [{ exists: false }] } }, false],
  [{ detail: { AutoScalingGroupName: [{ 'anything-but': 'workers-b' }] } }, true],
  [{ detail: { AutoScalingGroupName: [{ 'anything-but': ['workers-a', 'workers-b'] }] } }, false],
  [{ detail: { AutoScalingGroupName: [{ 'anything-but': { prefix: 'workers-' } }] } }, false],
  [{ detail: { AutoScalingGroupName: [{ 'anything-but': { prefix: 'other-' } }] } }, true],
  [{ detail: { missing: [{ 'anything-but': 'x' }] } }, false],
  [{ detail: { missing: { deeper: ['x'] } } }, false],
];

describe('matchesPattern', () => {
  it.each(CASES)('%j is %s', (pattern, isMatch) => {
    expect(matchesPattern(pattern, event)).toBe(isMatch);
  });
});

describe('checkPattern', () => {
  it.each([
    [{}, 'pattern must be'],
    [{ source: 'aws.ec2' }, 'pattern.source must be'],
    [{ source: [] }, 'pattern.source is an empty list'],
    [{ detail: { a: [{ suffix: 'x' }] } }, 'pattern.detail.a has the operator suffix'],
  ])('refuses %j', (pattern, message) => {
    expect(() => checkPattern(pattern)).toThrow(message);
  });

  it('takes every pattern that can be matched', () => {
    for (const [pattern] of CASES) expect(() => checkPattern(pattern)).not.toThrow();
  });
});
