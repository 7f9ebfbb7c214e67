import type { NodeEni } from '#core/apis/v1alpha1/node-eni.ts';
import type { Stage } from './stage.ts';

/** Which subnets of a spec lie in a zone: what a person would expect, worked out without the product's code. */
export const subnetsFor = (
  { spec }: NodeEni,
  zone: string,
  { subnets }: Pick<Stage, 'subnets'>,
): readonly string[] => {
  const byName: Readonly<Record<string, string>> = { 'lan-a': subnets.a, 'lan-b': subnets.b };
  const named = (spec.subnetNames ?? []).map((name) => byName[name] ?? '');
  const all = [spec.subnetID ?? '', ...(spec.subnetIDs ?? []), ...named].filter(Boolean);
  const zoneOf = (id: string): string => (id === subnets.b ? 'us-east-1b' : 'us-east-1a');
  // Of what a hostile tenant asks for nothing can be.
  const known = Object.values<string>(subnets);
  return all.filter((id) => known.includes(id) && zoneOf(id) === zone);
};
