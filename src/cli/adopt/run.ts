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

type Actions = Awaited<ReturnType<FullOperator['adoption']['adopt']>>;

const plan = async (
  operator: FullOperator,
  names: readonly string[],
  isDryRun: boolean,
): Promise<Actions> => {
  await checkNames(operator, names);
  return operator.adoption.adopt({ ...(names.length > 0 && { names }), isDryRun });
};

const tell = (
  actions: Actions,
  { isDryRun, write }: Pick<AdoptOptions, 'isDryRun' | 'write'>,
): void => {
  for (const action of actions) {
    const where = `${action.nodeEni}: ${action.eniId}`;
    if (action.type === 'refuse') write(`${where} is left alone: ${action.why}\n`);
    else write(`${where} on ${action.instanceId} ${isDryRun ? 'would be' : 'is'} adopted\n`);
  }
};

/** Lists what would be taken over. Out: true when there is anything. */
export const listAdoptions = async (
  operator: FullOperator,
  names: readonly string[],
  write: (text: string) => void,
): Promise<boolean> => {
  const actions = await plan(operator, names, true);
  tell(actions, { isDryRun: true, write });
  return actions.some(({ type }) => type === 'adopt');
};

/** Takes over what the Go controller left, or tells it only. Out: true when nothing had to be refused. */
export const runAdopt = async (
  operator: FullOperator,
  { names, isDryRun, write }: AdoptOptions,
): Promise<boolean> => {
  const actions = await plan(operator, names, isDryRun);
  if (actions.length === 0) write('There is nothing to adopt.\n');
  tell(actions, { isDryRun, write });
  return actions.every(({ type }) => type === 'adopt');
};
