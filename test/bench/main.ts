import { parseArgs } from 'node:util';
import { benchServers } from './servers.ts';

const USAGE = `npm run bench [-- servers|simulator|all] [--nodes 50] [--quiet-seconds 300]`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    nodes: { type: 'string', default: '50' },
    'quiet-seconds': { type: 'string', default: '300' },
  },
});

const [which = 'servers'] = positionals;
const nodes = Number(values.nodes);
const quietSeconds = Number(values['quiet-seconds']);

if (which !== 'servers' || !(nodes > 0) || !(quietSeconds >= 0)) {
  process.stderr.write(`${USAGE}\n`);
  process.exit(2);
}

const isGood = await benchServers({ nodes, quietSeconds });
process.exit(isGood ? 0 : 1);
