/** An object to apply, as data: printed as YAML, or given to whatever else installs things. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

/** Where the objects with a namespace live. */
export const NAMESPACE = 'nodeeni-system';

/** The group as whose member the functions come: an access entry of EKS names it, or a client certificate. */
export const FUNCTIONS_GROUP = 'nodeeni:functions';

/** By this label all that was installed is found ("Recommended Labels", kubernetes.io). */
export const LABELS = { 'app.kubernetes.io/name': 'nodeeni' } as const;
