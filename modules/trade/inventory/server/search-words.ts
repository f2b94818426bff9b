const MAX_WORDS = 5

/** Patterns for LIKE on a `search_text`: every word must be part of it. */
export const likeParts = (search: string | undefined): string[] =>
  (search?.toLowerCase().split(/\s+/).filter(Boolean).slice(0, MAX_WORDS) ?? []).map((word) => `%${word.replace(/[\\%_]/g, '\\$&')}%`)
