import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

export const root = resolve(import.meta.dirname, '..')

/** Files of the project as git lists them, new ones included, that match. */
export function sourceFiles(pattern: RegExp): string[] {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: root, encoding: 'utf8' })
  return [...new Set(listed.split('\n'))].filter((file) => pattern.test(file) && existsSync(join(root, file))).sort()
}

export const textOf = (file: string): string => readFileSync(join(root, file), 'utf8')

/** Comments blanked, lines kept, so that a line number found in the rest is right. */
export const withoutComments = (text: string): string =>
  text.replace(/\/\*[\s\S]*?\*\/|(?<![:'"`\\])\/\/.*|--\s.*$/gm, (comment) => comment.replace(/[^\n]/g, ' '))

export const lineOf = (text: string, index: number): number => text.slice(0, index).split('\n').length
