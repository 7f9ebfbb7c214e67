const FENCED = /^ *```(\w*)\n([\s\S]*?)^ *```/gm;

/** A document without its blocks of code and without code in lines. */
export const withoutCode = (markdown: string): string =>
  markdown
    .replaceAll(FENCED, '')
    .replaceAll(/`[^`\n]*`/g, (code) => code.replaceAll(/[()[\]]/g, ''));

/** The blocks of code in one of these languages. */
export const codeIn = (markdown: string, languages: readonly string[]): string[] =>
  [...markdown.matchAll(FENCED)].flatMap(([, language = '', code = '']) =>
    languages.includes(language) ? code : [],
  );

/** Anchors of the headings, as GitHub makes them. */
export const headingIds = (markdown: string): string[] =>
  [...markdown.replaceAll(FENCED, '').matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
