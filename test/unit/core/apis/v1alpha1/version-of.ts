import { customResourceDefinitions } from '#core/apis/v1alpha1/crd.ts';
import type { OpenApiSchema } from '#core/apis/v1alpha1/open-api.ts';

interface Version {
  readonly additionalPrinterColumns: readonly {
    readonly name: string;
    readonly jsonPath: string;
  }[];
  readonly schema: { readonly openAPIV3Schema: OpenApiSchema };
}

/** The only version of one of our CustomResourceDefinitions. */
export const versionOf = (plural: string): Version => {
  const definition = customResourceDefinitions()[plural] as {
    readonly spec: { readonly versions: readonly [Version] };
  };
  return definition.spec.versions[0];
};

export const schemaOf = (plural: string): OpenApiSchema => versionOf(plural).schema.openAPIV3Schema;
