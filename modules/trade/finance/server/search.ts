/** The words of a search text, as `strpos(lower(…), word)` takes them. */
export const inWords = (search: string | undefined): string[] => (search ?? '').toLowerCase().split(/\s+/).filter(Boolean)
