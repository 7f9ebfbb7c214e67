import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import product from '../package.json' with { type: 'json' };
import { BUNDLE_FILE, chartTemplates } from './templates.ts';

const SOURCE = new URL('nodeeni/', import.meta.url);
const BUILT = new URL('../dist/charts/nodeeni/', import.meta.url);
const BUNDLE = new URL('../dist/agent/agent.mjs', import.meta.url);

const VERSIONS = `version: ${product.version}\nappVersion: ${product.version}\n`;

rmSync(BUILT, { recursive: true, force: true });
mkdirSync(new URL('files/', BUILT), { recursive: true });
cpSync(SOURCE, BUILT, { recursive: true });
cpSync(BUNDLE, new URL(BUNDLE_FILE, BUILT));
cpSync(new URL('../LICENSE', import.meta.url), new URL('LICENSE', BUILT));
writeFileSync(
  new URL('Chart.yaml', BUILT),
  readFileSync(new URL('Chart.yaml', SOURCE), 'utf8') + VERSIONS,
);
for (const [name, text] of Object.entries(chartTemplates()))
  writeFileSync(new URL(`templates/${name}`, BUILT), text);
