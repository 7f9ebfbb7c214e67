import { optionSchema } from './option-schema.ts';

/** One setting as people write it. */
interface Setting {
  readonly option: string;
  /** The variable of the environment that says the same. */
  readonly variable: string;
  /** What it is when nobody says anything, as it is written; absent: nothing. */
  readonly usual?: string;
  readonly description: string;
}

const written = (value: unknown): string => {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  return Array.isArray(value) ? value.join(',') : String(value);
};

export const variableOf = (name: string): string =>
  `NODEENI_${name.toUpperCase().replaceAll('-', '_')}`;

/** All settings, in the order of the schema. */
export const settings = (): readonly Setting[] => {
  const usual = new Map<string, unknown>(Object.entries(optionSchema.parse({})));
  return Object.entries(optionSchema.shape).map(([name, { description = '' }]) => {
    const value = written(usual.get(name) ?? '');
    return {
      option: `--${name}`,
      variable: variableOf(name),
      ...(value !== '' && { usual: value }),
      description,
    };
  });
};

const HEAD = `agent run                         keep the host as its NodeENIState asks, until a signal
agent apply --once [--desired f]  bring it there once, and end with 0 when it is as asked
agent apply --once --plan         print what would be done, and do nothing

Each setting may also be given by the environment: --no-iommu is NODEENI_NO_IOMMU.
`;

/** What `--help` prints. */
export const usage = (): string => {
  const lines = settings().flatMap(({ option, usual, description }) => [
    `  ${option}`,
    `      ${description}${usual === undefined ? '' : ` (${usual})`}`,
  ]);
  return `${HEAD}\n${lines.join('\n')}\n`;
};
