import type { NodeEni } from '#core/apis/v1alpha1/node-eni.ts';
import { allNodeEnis } from '../release/choose.ts';
import { formatLeft, leftInEc2 } from '../release/left-behind.ts';
import { inWords, type ReleaseOptions, releaseNodeEnis } from '../release/release.ts';
import type { ReleaseTools } from '../release/tools.ts';

/**
 * Releases every NodeENI of the cluster, or those that were listed to somebody who said yes, then asks EC2 whether
 * anything of the cluster is left. Out: true when nothing is; what is left was written down.
 */
export const runUninstall = async (
  tools: ReleaseTools,
  options: ReleaseOptions,
  given?: readonly NodeEni[],
): Promise<boolean> => {
  const { isDryRun, write } = options;
  const chosen = given ?? (await allNodeEnis(tools.stores.nodeEnis));
  if (chosen.length === 0) write('There are no NodeENIs.\n');
  if (!(await releaseNodeEnis(tools, chosen, options))) return false;
  if (isDryRun) return true;

  const left = leftInEc2(await tools.stores.enis.list());
  if (left.length === 0) {
    write(`Everything is released: ${inWords(chosen.length, 'NodeENI')}.\n`);
    return true;
  }
  write(`\nNo NodeENI stands behind these, run "nodeeni gc" before you take nodeeni away:\n`);
  write(formatLeft(left));
  return false;
};
