import { randomBytes } from 'node:crypto';
import type { ArgumentFault } from './argument-faults.ts';
import type { Properties, ResourceProvider } from './provider.ts';

const RANDOM_BYTES = 'random:index/randomBytes:RandomBytes';

/** Stands in for Pulumi's random provider, of which the deploy uses one resource. */
export const createRandomProvider = ({
  version,
  faultsIn,
}: {
  readonly version: string;
  readonly faultsIn: (type: string, inputs: Properties) => readonly ArgumentFault[];
}): ResourceProvider => ({
  version,
  complete: (_subject, inputs) => inputs,
  faultsIn: ({ type }, inputs) => faultsIn(type, inputs),
  isFixed: () => true,
  create: ({ type }, inputs) => {
    if (type !== RANDOM_BYTES) throw new Error(`The stand-in for random knows no ${type}`);
    const bytes = randomBytes(Number(inputs.length));
    const [base64, hex] = [bytes.toString('base64'), bytes.toString('hex')];
    return Promise.resolve({ id: base64, properties: { ...inputs, base64, hex } });
  },
  update: () => Promise.reject(new Error('Nothing random is changed.')),
  remove: () => Promise.resolve(),
  lookUp: (token) => Promise.reject(new Error(`random answers no ${token}`)),
});
