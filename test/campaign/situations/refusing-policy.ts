import { CallError } from '#core/errors.ts';
import type { KubernetesCall } from '#simulator/kubernetes/injected-failures.ts';
import type { Situation } from './situation.ts';

const WRITES: readonly KubernetesCall['verb'][] = ['create', 'patch'];

const REFUSED: readonly string[] = ['nodeenistates', 'nodes', 'nodeenis'];

/** A policy engine refuses to store what it does not know (karmada-io/karmada#3261): a 403 for one kind of object. */
export const refusingPolicy: Situation = ({ trouble, clock }, { forSeconds, way }) => {
  const resource = REFUSED[Math.floor(way * REFUSED.length)];
  const message = 'admission webhook "validate.kyverno.svc-fail" denied the request';
  trouble.refuse({
    untilMs: clock.now().getTime() + forSeconds * 1000,
    kubernetes: (call) =>
      call.resource === resource && WRITES.includes(call.verb)
        ? { error: new CallError('Denied', 'Forbidden', message), when: 'before' }
        : undefined,
  });
};
