import { pinyin } from 'pinyin-pro'

interface Searched {
  code: string
  name: string
  nameEn: string | null
  specification: string
}

/** An index row takes no more. */
const MAX_BYTES = 1_800

// v for ü, as it is typed.
const syllables = (text: string, pattern: 'pinyin' | 'first'): string =>
  pinyin(text, { pattern, toneType: 'none', type: 'array', nonZh: 'removed', v: true }).join('')

/** One writing for what is written in several: full width, letter case, and the signs for “times” in M8×30. */
export const searchNormal = (text: string): string => text.normalize('NFKC').toLowerCase().replace(/[×✕*]/g, 'x').replace(/[φΦ⌀]/g, 'ø')

/** Code, names and specification with the pinyin of the name and its initials: 轴承 is found by zhoucheng and zc. */
export function searchText({ code, name, nameEn, specification }: Searched): string {
  const parts = [code, name, syllables(name, 'pinyin'), syllables(name, 'first'), nameEn ?? '', specification]
  return cut(searchNormal(parts.filter(Boolean).join(' ')))
}

function cut(text: string): string {
  const bytes = Buffer.from(text)
  // A character that the cut parts is left out.
  return bytes.length <= MAX_BYTES
    ? text
    : bytes
        .subarray(0, MAX_BYTES)
        .toString()
        .replace(/\uFFFD+$/, '')
}

const MAX_WORDS = 5

export const searchWords = (search: string | undefined): string[] =>
  searchNormal(search ?? '')
    .split(/\s+/)
    .filter(Boolean)
    .slice(0, MAX_WORDS)
