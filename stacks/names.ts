import { createHash } from 'node:crypto';

/** Whose names are asked for. */
export interface NameParts {
  readonly app: string;
  readonly stage: string;
  /** Of the component; not said twice where it is the app's. */
  readonly installation: string;
  /** What an organisation wants names to begin with; usually nothing. */
  readonly namePrefix: string;
}

const DIGEST_LENGTH = 6;
const MOST_OF_APP = 10;

/** Shortens a name to what AWS takes: its begin and its end stay, and a digest of the whole tells it from others. */
const cut = (name: string, begin: string, most: number): string => {
  if (name.length <= most) return name;
  const digest = createHash('sha256').update(name).digest('hex').slice(0, DIGEST_LENGTH);
  const head = `${begin}${digest}-`;
  return head + name.slice(head.length - most);
};

/** Policies of those who deploy go by the begin of names, so that no cut takes it away. */
const beginOf = ({ namePrefix, app }: NameParts): string =>
  `${namePrefix}${app.slice(0, MOST_OF_APP)}-`;

const isNamedLikeApp = ({ app, installation }: NameParts): boolean =>
  installation.toLowerCase() === app.toLowerCase();

/** What all logical names of an installation begin with; empty for the one that is called like its app. */
export const logicalPrefix = (parts: NameParts): string =>
  isNamedLikeApp(parts) ? '' : parts.installation;

const words = (parts: NameParts): readonly string[] => [
  `${parts.namePrefix}${parts.app}`,
  parts.stage,
  ...(isNamedLikeApp(parts) ? [] : [parts.installation]),
];

/** Name in AWS of one part, of at most so many characters: app, stage, installation and part. Without a part, of the whole. */
export const physicalName = (
  parts: NameParts,
  { part, most }: { readonly part?: string; readonly most: number },
): string =>
  cut([...words(parts), ...(part === undefined ? [] : [part])].join('-'), beginOf(parts), most);

/** Log groups have folders, so that `aws logs tail` finds them without a list. */
export const logGroupName = (parts: NameParts, part: string): string =>
  `/${[...words(parts), part].join('/')}`;

/** A name that SST made up, behind the prefix of an organisation. */
export const prefixed = (namePrefix: string, name: string, most: number): string =>
  cut(`${namePrefix}${name}`, namePrefix, most);
