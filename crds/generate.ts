import { writeFileSync } from 'node:fs';
import { stringify } from 'yaml';
import { customResourceDefinitions } from '#core/apis/v1alpha1/crd.ts';
import { interfaceEventJsonSchema } from '#core/apis/v1alpha1/interface-event.ts';
import { GROUP } from '#core/apis/v1alpha1/names.ts';

const HEADER = '# Generated from src/core/apis/v1alpha1 by `npm run generate`. Do not edit.\n';

writeFileSync(
  new URL('../docs/reference/interface-event.schema.json', import.meta.url),
  interfaceEventJsonSchema(),
);

for (const [plural, definition] of Object.entries(customResourceDefinitions())) {
  const file = new URL(`${GROUP}_${plural}.yaml`, import.meta.url);
  writeFileSync(
    file,
    HEADER + stringify(definition, { lineWidth: 0, aliasDuplicateObjects: false }),
  );
}
