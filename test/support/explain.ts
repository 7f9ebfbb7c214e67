import type { Explained } from '#cli/explain/explain.ts';
import { type Format, runExplain } from '#cli/explain/run.ts';
import type { Scenario } from './scenario.ts';

/** What `nodeeni explain` prints of a scenario, now. */
export const explain = (
  { installation, kubernetes, clock }: Scenario,
  name: string,
  format: Format,
): Promise<string> =>
  runExplain(
    { operator: installation.operator(), kubernetes, clusterName: 'prod', now: clock.now() },
    { name, format },
  );

/** What it tells programs of each instance. */
export const explainAll = async (scenario: Scenario, name: string): Promise<readonly Explained[]> =>
  JSON.parse(await explain(scenario, name, 'json'));

/** The same of the only instance. */
export const explainOne = async (scenario: Scenario, name: string): Promise<Explained> => {
  const [first] = await explainAll(scenario, name);
  if (first === undefined) throw new Error(`Nothing is explained of ${name}.`);
  return first;
};
