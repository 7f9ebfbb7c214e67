import { logGroupName, logicalPrefix, type NameParts, physicalName } from './names.ts';

/** What the parts of one installation belong to, and how they are called: two in one app never meet. */
export interface Scope {
  /** The parent of every part, for the options of a resource or a look-up. */
  readonly child: { readonly parent: $util.Resource; readonly aliases: $util.Alias[] };
  /** Name in the program. */
  readonly logical: (part: string) => string;
  /** Name in AWS of a part or of the whole, of at most so many characters. */
  readonly physical: (wanted: { readonly part?: string; readonly most: number }) => string;
  readonly logGroup: (part: string) => string;
}

/** The scope of the installation that this component is. */
export const createScope = (
  parent: $util.Resource,
  names: Pick<NameParts, 'installation' | 'namePrefix'>,
): Scope => {
  const parts: NameParts = { app: $app.name, stage: $app.stage, ...names };
  return {
    // Parts had no parent before the component: without the alias an upgrade would make everything a second time.
    child: { parent, aliases: [{ parent: $util.rootStackResource }] },
    logical: (part) => `${logicalPrefix(parts)}${part}`,
    physical: (wanted) => physicalName(parts, wanted),
    logGroup: (part) => logGroupName(parts, part),
  };
};
