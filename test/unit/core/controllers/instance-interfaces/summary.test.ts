import { describe, expect, it } from 'vitest';
import { summaryChange } from '#core/controllers/instance-interfaces/summary.ts';
import type { SlotPlan } from '#core/instance/slot-plan.ts';
import { report } from '#core/instance/slot-plan.ts';
import { anObservation, aRecord } from '#test/support/builders.ts';
import { aSlot, planOf, SLOT, stored } from './plan/slot-builders.ts';

const OTHER = 'data/subnet-b';

const said = (phase: 'Failed' | 'Pending' | 'Releasing' | 'Retained', reason: string): SlotPlan =>
  aSlot({ slot: OTHER, report: report(phase, reason, ''), record: aRecord() });

const hostOf = (host: object) => ({
  host: {
    [SLOT]: { eniId: aRecord().eniId ?? '', generation: aRecord().generation ?? 0, ...host },
  },
});

describe('the summary of an instance', () => {
  it('counts what is ready of what is asked for, and the records', () => {
    expect(summaryChange(planOf(aSlot(), said('Pending', 'Attaching')), stored())).toEqual({
      ready: '1/2',
      reason: 'Attaching',
      interfaces: 2,
    });
  });

  it('says Ready when nothing is missing', () => {
    expect(summaryChange(planOf(aSlot()), stored())).toMatchObject({
      ready: '1/1',
      reason: 'Ready',
    });
  });

  it('tells the reason of the worst, whatever comes first', () => {
    const plan = planOf(said('Pending', 'Attaching'), said('Failed', 'SubnetFull'), aSlot());

    expect(summaryChange(plan, stored())?.reason).toBe('SubnetFull');
  });

  it.each([
    ['Releasing', 'Detaching'],
    ['Retained', 'Retained'],
  ] as const)('counts what is %s to nothing that is asked for', (phase, reason) => {
    expect(summaryChange(planOf(aSlot(), said(phase, reason)), stored())).toMatchObject({
      ready: '1/1',
      reason,
      interfaces: 2,
    });
  });

  it('waits for the word of a host from which somebody reports', () => {
    const waiting = stored({}, hostOf({ configured: false, reason: 'InUse' }));
    const done = stored({}, hostOf({ configured: true }));
    const alone = stored({ linkMode: 'Unmanaged' }, hostOf({ configured: false }));

    expect(summaryChange(planOf(aSlot()), waiting)).toMatchObject({
      ready: '0/1',
      reason: 'InUse',
    });
    expect(summaryChange(planOf(aSlot()), done)).toMatchObject({ ready: '1/1', reason: 'Ready' });
    expect(summaryChange(planOf(aSlot()), alone)).toMatchObject({ ready: '1/1' });
  });

  it('takes nothing from what a host said of an earlier generation', () => {
    const old = stored({}, hostOf({ generation: -1, configured: true, reason: 'InUse' }));

    expect(summaryChange(planOf(aSlot()), old)).toMatchObject({
      ready: '0/1',
      reason: 'WaitingForHost',
    });
  });

  it('is told once', () => {
    const summary = { ready: '1/1', reason: 'Ready', interfaces: 1 };

    expect(summaryChange(planOf(aSlot()), stored({}, { summary }))).toBeUndefined();
  });

  it('is told of no object that is not there', () => {
    expect(summaryChange(planOf(aSlot()), anObservation())).toBeUndefined();
  });
});
