import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { lineOf, root, sourceFiles, textOf, withoutComments } from './source-files.ts'

interface Habit {
  says: string
  wrong: RegExp
  /** Where it is right to do so. */
  exceptIn: RegExp
}

const apart = /\.test\.tsx?$|\/test-[^/]+\.ts$|^(tests|tools|bench|fault|e2e)\/|\.config\.ts$/

const habits: Habit[] = [
  {
    says: 'settings come from the process’s config.ts',
    wrong: /\bprocess\.env\b/g,
    exceptIn: new RegExp(`${apart.source}|/config\\.ts$|^start\\.mjs$`),
  },
  {
    says: 'the time is given (ctx.now, clock), never taken',
    wrong: /\bnew Date\(\)|\bDate\.now\(\)/g,
    exceptIn: new RegExp(`${apart.source}|/clock\\.ts$|^(simulator|embedded)/`),
  },
  {
    says: 'a picker shows the wall clock of the pages, not the browser’s: pickedOfInstant, instantOfPicked (ui/picked-time.ts)',
    wrong: /\bdayjs\(\)|\bdayjs\((new Date\()?nowMs\(/g,
    exceptIn: apart,
  },
  { says: 'nothing is re-exported wholesale', wrong: /^export \* /gm, exceptIn: /^$/ },
]

const emptyNames = /(^|\/)(utils?|helpers?|common|misc|base)\.(ts|tsx)$/
const maxLines = 500

interface Exceptions {
  /** Files that may be longer, each with its reason. */
  longFiles: Record<string, string>
}

/** File names, file lengths, settings, clock: what no linter's rule says. */
export function checkHabits(): string[] {
  const { longFiles } = JSON.parse(readFileSync(join(root, 'tools/exceptions.json'), 'utf8')) as Exceptions
  return sourceFiles(/\.(ts|tsx|mjs|sql)$/).flatMap((file) => {
    const text = textOf(file)
    const problems = habits.filter(({ exceptIn }) => !exceptIn.test(file)).flatMap((habit) => broken(habit, withoutComments(text)))
    if (emptyNames.test(file)) problems.push('1: the name says nothing; name the file after what is in it')
    const lines = text.split('\n').length
    if (lines > maxLines && longFiles[file] === undefined)
      problems.push(`${lines}: longer than ${maxLines} lines; part it, or give the reason in tools/exceptions.json`)
    return problems.map((problem) => `${file}:${problem}`)
  })
}

const broken = ({ says, wrong }: Habit, text: string): string[] =>
  [...text.matchAll(wrong)].map(({ index, 0: found }) => `${lineOf(text, index)}: ${found.trim()}: ${says}`)
