/**
 * An API as a process sees it: once that is dead, no call goes out and no answer arrives, so whatever was going on
 * stays where it stands. Methods must be own properties or inherited functions.
 */
export const mortal = <Api extends object>(api: Api, isAlive: () => boolean): Api =>
  new Proxy(api, {
    get(target, name) {
      const call: unknown = Reflect.get(target, name);
      if (typeof call !== 'function') return call;
      return async (...input: unknown[]): Promise<unknown> => {
        const never = new Promise<never>(() => undefined);
        if (!isAlive()) return never;
        const answer = (): Promise<unknown> => Promise.resolve(Reflect.apply(call, target, input));
        return answer().then(
          (value) => (isAlive() ? value : never),
          (error: unknown) => (isAlive() ? Promise.reject(error) : never),
        );
      };
    },
  });
