import { moduleMap } from '../module-map.js'
import { sourceFiles, textOf } from './source-files.ts'

const file = 'docs/glossary.md'

/** One code word per concept: rows `| 中文 | English | code word | … |`, none twice, and every module's word among them. */
export function checkGlossary(): string[] {
  if (sourceFiles(/^docs\/glossary\.md$/).length === 0) return [`${file} is missing`]
  return glossaryProblems(
    textOf(file),
    Object.keys(moduleMap).map((path) => path.split('/')[1] ?? ''),
  ).map((problem) => `${file}: ${problem}`)
}

export function glossaryProblems(text: string, modules: readonly string[]): string[] {
  const rows = text
    .split('\n')
    .filter((line) => line.startsWith('|') && !/^\|[\s:|-]+$/.test(line))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
    .filter(([zh]) => zh !== '中文')
  const problems = rows
    .filter((row) => row.slice(0, 3).some((cell) => cell === '') || row.length < 3)
    .map((row) => `incomplete row: ${row.join(' | ')}`)
  for (const [column, name] of [
    [0, '中文'],
    [2, 'code word'],
  ] as const) {
    const seen = new Set<string>()
    for (const cell of rows.map((row) => row[column] ?? '')) {
      if (seen.has(cell)) problems.push(`${name} stands twice: ${cell}`)
      seen.add(cell)
    }
  }
  const codeWords = new Set(rows.flatMap((row) => [...(row[2] ?? '').matchAll(/`([^`]+)`/g)].map((match) => match[1])))
  return [...problems, ...modules.filter((module) => !codeWords.has(module)).map((module) => `the module \`${module}\` has no row`)]
}
