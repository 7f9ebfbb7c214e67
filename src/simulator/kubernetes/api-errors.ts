import { CallError } from '#core/errors.ts';
import { ExpiredPage, type Resource } from '#providers/kubernetes/kubernetes-api.ts';

/** `nodeenis.networking.k8s.aws`, as the API server writes a resource in its messages. */
const qualified = ({ plural, group }: Resource): string =>
  group === '' ? plural : `${plural}.${group}`;

export const notFound = (resource: Resource, name: string): CallError =>
  new CallError('NotFound', 'NotFound', `${qualified(resource)} "${name}" not found`);

/** What a path that no CRD serves is answered with. */
export const notServed = (): CallError =>
  new CallError('NotFound', 'NotFound', 'the server could not find the requested resource');

export const alreadyExists = (resource: Resource, name: string, isDeleting: boolean): CallError =>
  new CallError(
    'Conflict',
    'AlreadyExists',
    `${isDeleting ? 'object is being deleted: ' : ''}${qualified(resource)} "${name}" already exists`,
  );

export const conflict = (resource: Resource, name: string): CallError =>
  new CallError(
    'Conflict',
    'Conflict',
    `Operation cannot be fulfilled on ${qualified(resource)} "${name}": the object has been modified; please apply your changes to the latest version and try again`,
  );

/** 422 with every fault, worded as the API server does: one bare, several in brackets. */
export const invalid = (
  { kind, group }: Resource,
  name: string,
  faults: readonly string[],
): CallError => {
  const list = faults.length === 1 ? faults.join() : `[${faults.join(', ')}]`;
  const subject = group === '' ? kind : `${kind}.${group}`;
  return new CallError('Invalid', 'Invalid', `${subject} "${name}" is invalid: ${list}`);
};

/** 422 for a JSON patch that cannot be applied; the server does not say why, the `cause` does. */
export const patchRefused = (cause: unknown): CallError =>
  new CallError(
    'Invalid',
    'Invalid',
    'the server rejected our request due to an error in our request',
    { cause },
  );

export const badRequest = (message: string): CallError =>
  new CallError('Invalid', 'BadRequest', message);

/** 410: the snapshot behind a continue token is compacted. In: the token by which the list may go on with what is there now. */
export const expired = (next: string): CallError =>
  new ExpiredPage(
    'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.',
    next,
  );

export const denied = (message: string): CallError => new CallError('Denied', 'Forbidden', message);

export const unreachable = (): CallError =>
  new CallError('Unknown', 'ECONNREFUSED', 'connect ECONNREFUSED 10.0.0.1:443');

export const connectionLost = (): CallError =>
  new CallError('Unknown', 'ECONNRESET', 'read ECONNRESET');
