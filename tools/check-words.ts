import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { root, sourceFiles, textOf, withoutComments } from './source-files.ts'

/**
 * Every word exists in both languages: the same keys with the same placeholders in each zh.json and the en.json beside it. A driver's words
 * are its reasons, all of them and no others.
 */
export function checkWords(): string[] {
  return [...bothLanguages(), ...reasonsOfDrivers()]
}

function reasonsOfDrivers(): string[] {
  return sourceFiles(/^edge\/drivers\/[^/]+\/zh\.json$/).flatMap((file) => {
    const folder = file.replace(/\/zh\.json$/, '')
    const code = sourceFiles(/\.ts$/).filter((name) => name.startsWith(`${folder}/`) && !name.endsWith('.test.ts'))
    const protocol = folder.split('/').at(-1) ?? ''
    return reasonProblems(
      protocol,
      code.map((name) => withoutComments(textOf(name))).join('\n'),
      Object.keys(JSON.parse(textOf(file))),
    ).map((problem) => `${file}: ${problem}`)
  })
}

/** The reasons written out in a driver's code against its words. */
export function reasonProblems(protocol: string, code: string, words: readonly string[]): string[] {
  const used = new Set([...code.matchAll(new RegExp(`['"\`]${protocol}\\.(\\w+)['"\`]`, 'g'))].map(([, name]) => name ?? ''))
  return [
    ...[...used].filter((name) => !words.includes(name)).map((name) => `${protocol}.${name} has no words`),
    ...words.filter((name) => !used.has(name)).map((name) => `${name} is no reason of the driver`),
  ]
}

function bothLanguages(): string[] {
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
