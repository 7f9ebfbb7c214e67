import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface Bundled {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  /** Its licence and notices, word for word. */
  readonly text: string;
}

const readBundled = (folder: string): Bundled => {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|notice)/i.test(file));
  const text = files.map((file) => readFileSync(join(folder, file), 'utf8').trim()).join('\n\n');
  return { name, version, license, text };
};

/** What of other people is in the bundles that the package ships. */
const readAllBundled = (): readonly Bundled[] => {
  const lists = readdirSync('dist/packages').map((file): readonly string[] =>
    JSON.parse(readFileSync(join('dist/packages', file), 'utf8')),
  );
  return [...new Set(lists.flat())].toSorted().map(readBundled);
};

const RULE = `${'-'.repeat(80)}\n`;

const noticesOf = (all: readonly Bundled[]): string =>
  [
    'The bundles of nodeeni hold these packages.\n',
    ...all.map(
      ({ name, version, license, text }) => `${name} ${version} (${license})\n\n${text}\n`,
    ),
  ].join(RULE);

interface Sbom {
  readonly metadata: { readonly component: { readonly 'bom-ref': string } };
  readonly components: readonly {
    readonly 'bom-ref': string;
    readonly properties: readonly { readonly name: string }[];
  }[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

const readSbom = (): Sbom =>
  JSON.parse(
    execFileSync('npm', ['sbom', '--sbom-format=cyclonedx'], {
      encoding: 'utf8',
      maxBuffer: 2 ** 26,
    }),
  );

/** To npm all that is bundled is for development, since it is not installed with the package. */
const DEVELOPMENT = 'cdx:npm:package:development';

/** Of all that npm knows, what is shipped. Throws when npm does not know a package of the bundles. */
const shipped = (sbom: Sbom, all: readonly Bundled[]): Sbom => {
  const refs = new Set(all.map(({ name, version }) => `${name}@${version}`));
  const components = sbom.components
    .filter((component) => refs.has(component['bom-ref']))
    .map((component) => ({
      ...component,
      properties: component.properties.filter(({ name }) => name !== DEVELOPMENT),
    }));
  if (components.length !== refs.size)
    throw new Error(`npm sbom knows ${components.length} of the ${refs.size} bundled packages.`);
  const isShipped = (ref: string) => refs.has(ref) || ref === sbom.metadata.component['bom-ref'];
  const dependencies = sbom.dependencies
    .filter(({ ref }) => isShipped(ref))
    .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter(isShipped) }));
  return { ...sbom, components, dependencies };
};

const all = readAllBundled();
writeFileSync('dist/THIRD-PARTY-NOTICES.txt', noticesOf(all));
writeFileSync('dist/sbom.cdx.json', `${JSON.stringify(shipped(readSbom(), all), null, 2)}\n`);
