import { afterAll, beforeAll, describe } from 'vitest';
import { describeLists } from './kubernetes-lists.ts';
import { describeObjects } from './kubernetes-objects.ts';
import { describePatches } from './kubernetes-patches.ts';
import { createRules, type KubernetesSubject } from './kubernetes-subject.ts';
import { describeValidation } from './kubernetes-validation.ts';
import { describeWatch } from './kubernetes-watch.ts';

/**
 * The rules of the API server that the product relies on, tried on one implementation. In: its name; how to
 * start it with the CRDs installed; the titles of the rules it does not model, which must fail. Everything
 * goes through KubernetesApi and real time, and no rule needs an empty server.
 */
export const kubernetesConformance = (
  name: string,
  setUp: () => Promise<KubernetesSubject>,
  unmodelled: readonly string[] = [],
): void => {
  describe(`${name} as a Kubernetes API server`, () => {
    let subject: KubernetesSubject | undefined;
    const api = () => {
      if (subject === undefined) throw new Error(`${name} was not set up`);
      return subject.api;
    };
    const rules = createRules(api, unmodelled);

    beforeAll(async () => {
      subject = await setUp();
    }, 120_000);
    afterAll(async () => {
      await subject?.dispose?.();
    });

    describeObjects(rules);
    describePatches(rules);
    describeLists(rules);
    describeWatch(rules);
    describeValidation(rules);
  });
};
