import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Stage, startStage } from '../stage.ts';
import { type Clinic, openClinic } from './clinic.ts';
import { FAULTS } from './faults.ts';

let stage: Stage;
let clinic: Clinic;

beforeAll(async () => {
  stage = await startStage();
  clinic = await openClinic(stage);
});

afterAll(async () => {
  await clinic?.close();
  await stage?.stop();
});

beforeEach(() => clinic.heal());

const CODES = { error: 2, warning: 1, note: 0 } as const;

describe('nodeeni doctor before a deploy', () => {
  it('finds that the account has nothing left to reserve', async () => {
    await clinic.kubectl(['delete', 'validatingwebhookconfiguration', 'nodeeni']);
    clinic.account.unreserved = 109;

    const { found } = await clinic.examine();

    expect(found.map(({ check, what }) => [check, what])).toEqual([
      [
        'concurrency of Lambda',
        'Of the 1000 executions that the account may have at once, 109 are not reserved, and a deploy reserves 10.',
      ],
      ['webhook', 'There is no webhook "nodeeni".'],
    ]);
  });

  it('finds nothing where it just fits', async () => {
    await clinic.kubectl(['delete', 'validatingwebhookconfiguration', 'nodeeni']);
    clinic.account.unreserved = 110;

    const { found } = await clinic.examine();

    expect(found.map(({ check }) => check)).toEqual(['webhook']);
  });
});

describe('nodeeni doctor', () => {
  it('finds nothing on a healthy installation, and says what it has asked', async () => {
    const { code, found } = await clinic.examine();

    expect({ code, found }).toEqual({ code: 0, found: [] });
    expect(await clinic.examineAsText()).toMatch(
      /^ok {7}CRDs\nok {7}version of Kubernetes\nok {7}EKS\n[\s\S]*20 checks: 0 errors, 0 warnings, 0 notes\n$/,
    );
  });

  it.each(FAULTS)('finds $title, and nothing else', async (fault) => {
    await fault.breakIt(clinic);

    const { code, found } = await clinic.examine();
    await fault.undo?.(clinic);

    const { check, severity, what } = fault;
    expect(found).toEqual([{ check, severity, what: expect.stringMatching(what) }]);
    expect(code).toBe(CODES[severity]);
  });
});

describe('nodeeni doctor without CRDs', () => {
  it('says so, and asks about the account alone', async () => {
    await clinic.kubectl(['delete', 'crd', 'nodeenistates.networking.k8s.aws']);

    const { code, found } = await clinic.examine();

    expect(found).toEqual([
      { check: 'CRDs', severity: 'error', what: 'The cluster does not know nodeenistates.' },
    ]);
    expect(code).toBe(2);
  });
});
