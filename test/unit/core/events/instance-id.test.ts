import { describe, expect, it } from 'vitest';
import { instanceIdOfProviderId } from '#core/events/instance-id.ts';

describe('instanceIdOfProviderId', () => {
  it.each([
    ['aws:///us-east-1a/i-0a1b2c3d4e5f60007', 'i-0a1b2c3d4e5f60007'],
    ['aws://us-east-1/i-0a1b2c3d', 'i-0a1b2c3d'],
    ['', undefined],
    ['aws', undefined],
    ['i-0a1b2c3d', undefined],
    ['aws:///us-west-2b/a4f2-11/fargate-ip-10-0-1-5.us-west-2.compute.internal', undefined],
    ['eks-hybrid:///eu-west-1/production/mi-0a1b2c3d4e5f60007', undefined],
    ['gce://project/zone/i-0a1b2c3d', undefined],
  ])('reads %j as %s', (providerId, instanceId) => {
    expect(instanceIdOfProviderId(providerId)).toBe(instanceId);
  });
});
