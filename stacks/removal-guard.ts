/** Remembers what is made from now on. Out: what there is so far. */
export const watchResources = (): (() => readonly $util.Resource[]) => {
  const made: $util.Resource[] = [];
  $util.runtime.registerStackTransformation(({ resource }) => {
    made.push(resource);
    return undefined;
  });
  return () => [...made];
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
export const createRemovalGuard = ({ guard, isMade, everything }: Dependencies): void => {
  isMade.apply(
    () =>
      new aws.lambda.Invocation(
        'RemovalGuard',
        { functionName: guard.name, input: '{}', lifecycleScope: 'CRUD' },
        { dependsOn: [...everything()] },
      ),
  );
};
