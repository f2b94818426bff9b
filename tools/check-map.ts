import { cruise, type ICruiseResult } from 'dependency-cruiser'
import configuration from '../.dependency-cruiser.js'
import { root, sourceFiles } from './source-files.ts'

const folders = [
  'values',
  'kernel',
  'embedded',
  'modules',
  'apps',
  'ui',
  'simulator',
  'industries',
  'tools',
  'tests',
  'bench',
  'fault',
  'e2e',
  'edge',
]

export interface Graph {
  problems: string[]
  /** Every file of the project with the files of the project it imports. */
  imports: Map<string, string[]>
}

/** Imports against module-map.js and the floors of the house. Sees every file that git lists, or fails. */
export async function checkMap(): Promise<Graph> {
  const listed = sourceFiles(/\.tsx?$/).filter((file) => folders.some((folder) => file.startsWith(`${folder}/`)))
  const { options, forbidden = [] } = configuration
  const present = folders.filter((folder) => listed.some((file) => file.startsWith(`${folder}/`)))
  const { output } = await cruise(present, { ...options, ruleSet: { forbidden }, validate: true, baseDir: root })
  const result = output as ICruiseResult
  const imports = new Map(result.modules.map((module) => [module.source, module.dependencies.map((dependency) => dependency.resolved)]))
  const unseen = listed.filter((file) => !imports.has(file))
  return {
    imports,
    problems: [
      ...unseen.map((file) => `${file}: the map check did not see this file`),
      ...result.summary.violations.map(({ rule, from, to }) => `${from} → ${to}: ${rule.name}`),
    ],
  }
}

/** Whether a file reaches another that matches, by whatever way. */
export function reaches(graph: Graph, from: string, wanted: RegExp): boolean {
  const seen = new Set<string>()
  const waiting = [from]
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (wanted.test(file)) return true
    if (seen.has(file)) continue
    seen.add(file)
    waiting.push(...(graph.imports.get(file) ?? []))
  }
  return false
}
