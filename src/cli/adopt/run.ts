import type { FullOperator } from '#operator/create-operator.ts';
import { Complaint } from '../complaint.ts';

const checkNames = async ({ stores }: FullOperator, names: readonly string[]): Promise<void> => {
  const { items, invalid } = await stores.nodeEnis.list();
  const known = new Set([...items, ...invalid].map(({ metadata }) => metadata.name));
  for (const name of names)
    if (!known.has(name))
      throw new Complaint(`There is no NodeENI "${name}". Run "kubectl get nodeeni" to see them.`);
};

interface AdoptOptions {
  readonly names: readonly string[];
  readonly isDryRun: boolean;
  readonly write: (text: string) => void;
}

/** Takes over what the Go controller left, or tells it only. Out: true when nothing had to be refused. */
export const runAdopt = async (
  operator: FullOperator,
  { names, isDryRun, write }: AdoptOptions,
): Promise<boolean> => {
  await checkNames(operator, names);
  const chosen = names.length === 0 ? {} : { names };
  const actions = await operator.adoption.adopt({ ...chosen, isDryRun });
  if (actions.length === 0) write('There is nothing to adopt.\n');
  for (const action of actions) {
    const where = `${action.nodeEni}: ${action.eniId}`;
    if (action.type === 'refuse') write(`${where} is left alone: ${action.why}\n`);
    else write(`${where} on ${action.instanceId} ${isDryRun ? 'would be' : 'is'} adopted\n`);
  }
  return actions.every(({ type }) => type === 'adopt');
};
