import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { root, sourceFiles, textOf } from './source-files.ts'

/** Every word exists in both languages: the same keys with the same placeholders in each zh.json and the en.json beside it. */
export function checkWords(): string[] {
  return sourceFiles(/(^|\/)(zh|en)\.json$/).flatMap((file) => {
    const other = file.replace(/(zh|en)\.json$/, (name) => (name === 'zh.json' ? 'en.json' : 'zh.json'))
    if (!existsSync(join(root, other))) return [`${file}: ${other} is missing`]
    return differences(flat(JSON.parse(textOf(file))), flat(JSON.parse(textOf(other)))).map((problem) => `${file}: ${problem}`)
  })
}

export function differences(here: Map<string, string>, there: Map<string, string>): string[] {
  return [...here].flatMap(([key, text]) => {
    if (text.trim() === '') return [`${key} is empty`]
    const other = there.get(key) ?? there.get(key.replace(/_(one|other)$/, ''))
    if (other === undefined) {
      // English counts by one and other, Chinese by other alone.
      return /_one$/.test(key) && there.has(key.replace(/_one$/, '_other')) ? [] : [`${key} is missing in the other language`]
    }
    return placeholders(text) === placeholders(other) ? [] : [`${key} has other placeholders in the other language`]
  })
}

const placeholders = (text: string): string =>
  [...new Set(text.match(/\{\{.*?\}\}/g))]
    .map((name) => name.replace(/\s|,.*(?=\}\})/g, ''))
    .sort()
    .join()

function flat(value: unknown, prefix = ''): Map<string, string> {
  if (typeof value !== 'object' || value === null) return new Map([[prefix, String(value)]])
  return new Map(Object.entries(value).flatMap(([key, inner]) => [...flat(inner, prefix === '' ? key : `${prefix}.${key}`)]))
}
