import type { Made, Properties } from '../provider.ts';
import type { AwsCalls } from './calls.ts';

/** Where the API server of a cluster is, and by what it is known. */
export type ClusterPlace = { readonly endpoint: string; readonly certificateAuthority: string };

/** What resources are made with. */
export type Account = {
  readonly calls: AwsCalls;
  /** Variables that functions find only in an emulated account: where AWS answers. */
  readonly functionVariables: Readonly<Record<string, string>>;
  /** A URL of TLS before that of a function, as AWS has it. In: the host by which the emulator knows it. */
  readonly functionUrlFor: (host: string) => string;
  readonly clusters: Readonly<Record<string, ClusterPlace>>;
};

/** One kind of resource: what the provider does with it at AWS. */
export type ResourceKind = {
  /** The property that names it, and how long a name may be; the provider makes one up where none is given. */
  readonly naming?: { readonly property: string; readonly most: number };
  /** Properties that nobody can change later (`ForceNew` of the Terraform provider). */
  readonly fixed: readonly string[];
  /** What AWS or the provider would refuse about the inputs. */
  readonly refusals?: (inputs: Properties) => readonly string[];
  readonly create: (inputs: Properties, account: Account) => Promise<Made>;
  /** Out: the properties after. A kind without it has no property that can be changed. */
  readonly update?: (
    made: Made,
    change: { readonly before: Properties; readonly after: Properties },
    account: Account,
  ) => Promise<Properties>;
  readonly remove: (made: Made, account: Account) => Promise<void>;
};

export type Kinds = Readonly<Record<string, ResourceKind>>;

/** The text of a property that the provider's types want. */
export const text = (properties: Properties, name: string): string => String(properties[name]);

/** Tags as most services take them. */
export const tagList = ({ tags = {} }: Properties) =>
  Object.entries(tags as object).map(([Key, Value]) => ({ Key, Value: String(Value) }));
