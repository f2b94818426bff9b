import { moduleMap } from '../module-map.js'
import { lineOf, sourceFiles, textOf, withoutComments } from './source-files.ts'

const schemas = [...Object.keys(moduleMap).map((path) => path.split('/')[1] ?? ''), 'kernel']
const namesATable = new RegExp(`\\b(?:from|join|into|update|table|references|on|using)\\s+(?:only\\s+)?"?(${schemas.join('|')})"?\\.`, 'gi')

/** A module's SQL names its own schema and the kernel's, so that tables stay its own to change. Query builders are held by their types. */
export function checkSql(): string[] {
  return sourceFiles(/^modules\/[^/]+\/[^/]+\/server\/.*\.(ts|sql)$/)
    .filter((file) => !file.endsWith('.test.ts'))
    .flatMap((file) => foreignSchemas(file.split('/')[2] ?? '', withoutComments(textOf(file))).map((problem) => `${file}:${problem}`))
}

export function foreignSchemas(own: string, text: string): string[] {
  return [...text.matchAll(namesATable)].flatMap((match) => {
    const schema = (match[1] ?? '').toLowerCase()
    return schema === own || schema === 'kernel'
      ? []
      : [`${lineOf(text, match.index)}: SQL names the schema ${schema}, which is another module's`]
  })
}
