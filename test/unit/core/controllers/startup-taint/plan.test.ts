import { describe, expect, it } from 'vitest';
import { NOT_READY_TAINT } from '#core/apis/v1alpha1/names.ts';
import { mayLoseTaint } from '#core/controllers/startup-taint/plan.ts';
import type { InstanceReadiness } from '#core/readiness.ts';
import { aNode } from '#test/support/builders.ts';

const OURS = { key: NOT_READY_TAINT, effect: 'NoSchedule' };
const OTHER = { key: 'node.kubernetes.io/disk-pressure', effect: 'NoSchedule' };
const MISSING = [{ slot: 'data/subnet-a', reason: 'Attaching', message: 'Not there.' }];

const READY: InstanceReadiness = {
  isKnown: true,
  unattached: [],
  unconfigured: [],
  isFlagPending: false,
};

describe('mayLoseTaint', () => {
  it.each([
    { name: 'carries our taint alone', taints: [OURS], may: true },
    { name: 'carries our taint among others', taints: [OTHER, OURS], may: true },
    { name: 'carries only the taints of others', taints: [OTHER], may: false },
    { name: 'carries no taint', taints: [], may: false },
  ])('is $may for a ready node that $name', ({ taints, may }) => {
    expect(mayLoseTaint(aNode({ taints }), READY)).toBe(may);
  });

  it.each([
    { name: 'an interface is not attached', readiness: { unattached: MISSING }, may: false },
    { name: 'the labels are not known', readiness: { isKnown: false }, may: false },
    { name: 'only the host has not followed', readiness: { unconfigured: MISSING }, may: true },
  ])('is $may while $name', ({ readiness, may }) => {
    expect(mayLoseTaint(aNode({ taints: [OURS] }), { ...READY, ...readiness })).toBe(may);
  });

  it.each([
    { value: 'true', hasHostReport: true, may: false },
    { value: 'true', hasHostReport: false, may: true },
    { value: undefined, hasHostReport: true, may: false },
    { value: 'Configured', hasHostReport: false, may: false },
    { value: 'Attached', hasHostReport: true, may: true },
  ])(
    'is $may while a host is not configured that reports ($hasHostReport), with the value $value',
    ({ value, hasHostReport, may }) => {
      const taint = { ...OURS, ...(value !== undefined && { value }) };
      const readiness = { ...READY, unconfigured: MISSING, hasHostReport };

      expect(mayLoseTaint(aNode({ taints: [taint] }), readiness)).toBe(may);
    },
  );

  it('is false while there is no node', () => {
    expect(mayLoseTaint(undefined, READY)).toBe(false);
  });
});
