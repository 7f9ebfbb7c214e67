import type { Scope } from './scope.ts';

/** Remembers what is made. Out: the transformation that has to be told of each resource, and what there is so far. */
export const watchResources = () => {
  const made: $util.Resource[] = [];
  const remember: $util.ResourceTransformation = ({ resource }) => {
    made.push(resource);
    return undefined;
  };
  return { remember, made: (): readonly $util.Resource[] => [...made] };
};

interface Dependencies {
  readonly guard: sst.aws.Function;
  /** Resolves when everything is made, the parts of SST's components included. */
  readonly isMade: $util.Output<unknown>;
  readonly everything: () => readonly $util.Resource[];
}

/**
 * Calls a function when the installation is removed, before anything of it goes: all that was made is what the call
 * depends on, and what it throws ends the removal ("Resource: aws_lambda_invocation", Terraform AWS Provider).
 */
export const createRemovalGuard = (
  { logical, child }: Scope,
  { guard, isMade, everything }: Dependencies,
): void => {
  isMade.apply(
    () =>
      new aws.lambda.Invocation(
        logical('RemovalGuard'),
        { functionName: guard.name, input: '{}', lifecycleScope: 'CRUD' },
        { ...child, dependsOn: [...everything()] },
      ),
  );
};
