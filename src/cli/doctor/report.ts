import type { Checked, Severity } from './finding.ts';

const MARKS: Readonly<Record<Severity | 'fine', string>> = {
  error: 'ERROR  ',
  warning: 'WARNING',
  note: 'note   ',
  fine: 'ok     ',
};

const linesFor = ({ check, findings }: Checked): readonly string[] =>
  findings.length === 0
    ? [`${MARKS.fine}  ${check}`]
    : findings.flatMap(({ severity, what, why, mend }) => [
        `${MARKS[severity]}  ${check}: ${what}`,
        `         ${why}`,
        `         mend: ${mend}`,
      ]);

const countOf = (all: readonly Checked[], severity: Severity): number =>
  all.flatMap(({ findings }) => findings).filter((each) => each.severity === severity).length;

/** 0: nothing to mend. 1: warnings. 2: something does not work. */
export const exitCodeFor = (all: readonly Checked[]): number => {
  if (countOf(all, 'error') > 0) return 2;
  return countOf(all, 'warning') > 0 ? 1 : 0;
};

/** What was found, as text for people. */
export const asText = (all: readonly Checked[]): string => {
  const counts = (['error', 'warning', 'note'] as const).map(
    (severity) => `${countOf(all, severity)} ${severity}s`,
  );
  return `${[...all.flatMap(linesFor), '', `${all.length} checks: ${counts.join(', ')}`].join('\n')}\n`;
};

/** The same as JSON for programs. */
export const asJson = (all: readonly Checked[]): string => `${JSON.stringify(all, null, 2)}\n`;
