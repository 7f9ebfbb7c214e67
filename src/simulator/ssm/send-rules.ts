import type { SendCommandCommandInput } from '@aws-sdk/client-ssm';
import { ssmError } from './errors.ts';

/** A document as far as a call is checked against it: a pattern for each of its parameters. */
export interface SimulatedDocument {
  readonly name: string;
  readonly parameters: Readonly<Record<string, { readonly allowedPattern: string }>>;
}

const INSTANCE_ID = /^i-(\w{8}|\w{17})$/;
const LONGEST_COMMENT = 100;
const SHORTEST_TIMEOUT_SECONDS = 30;

const invalid = (message: string): Error => ssmError('ValidationException', message);

const checkParameters = (
  { parameters }: SimulatedDocument,
  given: SendCommandCommandInput['Parameters'] = {},
): void => {
  for (const [name, { allowedPattern }] of Object.entries(parameters)) {
    const [value] = given[name] ?? [];
    if (value === undefined || !new RegExp(allowedPattern).test(value))
      throw ssmError('InvalidParameters', `Parameter ${name} is missing or does not match.`);
  }
  const unknown = Object.keys(given).find((name) => !(name in parameters));
  if (unknown !== undefined) throw ssmError('InvalidParameters', `No parameter ${unknown}.`);
};

/**
 * Refuses what SendCommand refuses before it asks who is managed ("SendCommand", AWS Systems Manager API Reference).
 * Out: the one instance and the document. Throws the SDK's exception.
 */
export const checkSend = (
  input: SendCommandCommandInput,
  documents: ReadonlyMap<string, SimulatedDocument>,
) => {
  const { InstanceIds: [instanceId, ...others] = [], DocumentName: name = '' } = input;
  if (instanceId === undefined || !INSTANCE_ID.test(instanceId))
    throw invalid(`Value '${instanceId}' at 'instanceIds' failed to satisfy its pattern.`);
  if (others.length > 0) throw new Error('The simulator sends to one instance at a time.');
  if ((input.Comment ?? '').length > LONGEST_COMMENT) throw invalid('The comment is too long.');
  if ((input.TimeoutSeconds ?? 3600) < SHORTEST_TIMEOUT_SECONDS)
    throw invalid('The time-out is too short.');
  const document = documents.get(name);
  if (document === undefined) throw ssmError('InvalidDocument', `Document ${name} does not exist.`);
  checkParameters(document, input.Parameters);
  return { instanceId, document };
};
