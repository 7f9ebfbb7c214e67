import { describe, expect, it } from 'vitest';
import { TAGS } from '#core/apis/v1alpha1/names.ts';
import { isElsewhere, slotOfEni } from '#core/instance/ownership.ts';
import { ATTACHMENT, anAvailableEni, anEni, INSTANCE_ID } from '#test/support/builders.ts';

describe('isElsewhere', () => {
  it.each([
    { instanceId: 'i-other', status: 'attached', expected: true },
    { instanceId: 'i-other', status: 'attaching', expected: true },
    { instanceId: 'i-other', status: 'detaching', expected: true },
    { instanceId: 'i-other', status: 'detached', expected: false },
    { instanceId: INSTANCE_ID, status: 'attached', expected: false },
  ] as const)('is $expected for one that is $status at $instanceId', (given) => {
    const { instanceId, status, expected } = given;
    const eni = anEni({ attachment: { ...ATTACHMENT, instanceId, status } });

    expect(isElsewhere(eni, INSTANCE_ID)).toBe(expected);
  });

  it('is false for one that hangs loose', () => {
    expect(isElsewhere(anAvailableEni(), INSTANCE_ID)).toBe(false);
  });
});

describe('slotOfEni', () => {
  it('is what the tags say, whatever subnet the ENI lies in', () => {
    const eni = anEni({ subnetId: 'subnet-b', tags: { [TAGS.subnet]: 'subnet-a' } });

    expect(slotOfEni(eni)).toBe('data/subnet-a');
  });

  it('falls back on the subnet, and names nobody where no tag does', () => {
    expect(slotOfEni({ ...anEni(), tags: { [TAGS.name]: 'data' } })).toBe('data/subnet-a');
    expect(slotOfEni({ ...anEni(), tags: {} })).toBe('/subnet-a');
  });
});
