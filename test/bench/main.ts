import { parseArgs } from 'node:util';
import { setup } from '../e2e/build.ts';
import { benchAgent } from './agent.ts';
import { benchBundles } from './bundles.ts';
import { benchCost } from './cost.ts';
import { benchLoad } from './load.ts';
import { benchRollUpMemory } from './roll-up-memory.ts';
import { benchServers } from './servers.ts';
import { benchSimulator } from './simulator.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    nodes: { type: 'string', default: '50' },
    'quiet-seconds': { type: 'string', default: '300' },
  },
});
const nodes = Number(values.nodes);
const quietSeconds = Number(values['quiet-seconds']);

/** Each says whether all converged and nothing was left. */
const benches: Readonly<Record<string, () => Promise<boolean>>> = {
  servers: () => benchServers({ nodes, quietSeconds }),
  'roll-up': benchRollUpMemory,
  simulator: benchSimulator,
  load: benchLoad,
  bundles: benchBundles,
  cost: benchCost,
  agent: () => benchAgent(quietSeconds),
};

/** They take minutes, so that each runs only when it is asked for. */
const LONG: ReadonlySet<string> = new Set(['load', 'agent', 'roll-up']);

const [which = 'all'] = positionals;
const chosen = which === 'all' ? Object.keys(benches).filter((name) => !LONG.has(name)) : [which];
const runs = chosen.flatMap((name) => benches[name] ?? []);

if (runs.length === 0 || !(nodes > 0) || !(quietSeconds >= 0)) {
  const names = [...Object.keys(benches), 'all'].join('|');
  process.stderr.write(`npm run bench [-- ${names}] [--nodes 50] [--quiet-seconds 300]\n`);
  process.exit(2);
}

await setup();
let isGood = true;
for (const run of runs) isGood = (await run()) && isGood;
process.exit(isGood ? 0 : 1);
