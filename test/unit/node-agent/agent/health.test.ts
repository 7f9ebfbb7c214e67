import { describe, expect, it } from 'vitest';
import { createHealth } from '#node-agent/agent/health.ts';

const start = () => {
  let time = 1000;
  const health = createHealth({ resyncSeconds: 60, seconds: () => time });
  const elapse = (seconds: number): void => {
    time += seconds;
  };
  return { health, elapse };
};

describe('createHealth', () => {
  it('is well once the object was read and the loop turned', () => {
    const { health } = start();
    const reasons = [health.missing()];
    health.turned();
    reasons.push(health.missing());
    health.objectWasRead();
    reasons.push(health.missing());
    health.turned();

    reasons.push(health.missing());

    expect(reasons).toEqual([
      'the object of this host was not read yet',
      'the object of this host was not read yet',
      'the host was not reconciled yet',
      undefined,
    ]);
  });

  it('says for how long the loop has been stuck, and is well again when it turns', () => {
    const { health, elapse } = start();
    health.objectWasRead();
    health.turned();
    elapse(241);
    const stuck = [health.stuck(), health.missing()];

    health.turned();

    expect(stuck).toEqual(Array(2).fill('the host was last reconciled 241 s ago'));
    expect([health.stuck(), health.missing()]).toEqual([undefined, undefined]);
  });

  it('waits for the next reconcile, and for one that takes its time', () => {
    const { health, elapse } = start();
    health.objectWasRead();
    health.turned();

    elapse(240);

    expect(health.missing()).toBeUndefined();
  });

  it('is not well while the host cannot be reconciled, which a restart would not mend', () => {
    const { health } = start();
    health.objectWasRead();
    health.reconciled('EACCES: /sys');
    health.turned();
    const during = [health.missing(), health.stuck()];

    health.reconciled();

    expect(during).toEqual(['the host could not be reconciled: EACCES: /sys', undefined]);
    expect(health.missing()).toBeUndefined();
  });

  it('gives no reason to start again while only the object is missing', () => {
    const { health } = start();

    expect(health.stuck()).toBeUndefined();
    expect(health.missing()).toBeDefined();
  });
});
