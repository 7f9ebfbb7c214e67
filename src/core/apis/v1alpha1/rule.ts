/** What a schema cannot say: as CEL for the API server, and as code for everybody else. */
export interface Rule<T> {
  /** The field of the spec that the rule is about and that `self` stands for; empty for the whole spec. */
  readonly path: string;
  /** CEL ("Validation rules", Extend the Kubernetes API with CustomResourceDefinitions, kubernetes.io). */
  readonly rule: string;
  /** What is wrong, and what to write instead. */
  readonly message: string;
  isBroken(spec: T): boolean;
}
