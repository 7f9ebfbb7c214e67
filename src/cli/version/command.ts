import { Command, Option } from 'commander';
import { GROUP, VERSION } from '#core/apis/v1alpha1/names.ts';
import manifest from '../../../package.json' with { type: 'json' };

export const OWN_VERSION = manifest.version;

const facts = () => ({
  nodeeni: OWN_VERSION,
  api: `${GROUP}/${VERSION}`,
  node: process.versions.node,
  platform: `${process.platform}-${process.arch}`,
});

const EXAMPLE = `
Examples:
  nodeeni version
  nodeeni version -o json`;

/** `nodeeni version`: what a report of a problem should begin with. It asks neither a cluster nor AWS. */
export const versionCommand = (): Command =>
  new Command('version')
    .description('print the versions of this command, of the API it knows and of Node')
    .addOption(
      new Option('-o, --output <format>', 'how to print').choices(['text', 'json']).default('text'),
    )
    .addHelpText('after', EXAMPLE)
    .action(({ output }: { readonly output: string }) => {
      const rows = Object.entries(facts()).map(([name, value]) => `${name.padEnd(10)}${value}`);
      const text = output === 'json' ? JSON.stringify(facts(), null, 2) : rows.join('\n');
      process.stdout.write(`${text}\n`);
    });
