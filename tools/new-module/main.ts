import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { type ModuleNames, moduleFiles } from './files.ts'

const WINGS = ['foundation', 'shopfloor', 'trade', 'works', 'assets', 'insight']
const USAGE = `npm run new-module -- <wing> <module> <entity> <中文名>
  wing    one of ${WINGS.join(', ')}
  module  the domain's one word, plural, lower case: alarms
  entity  one of them, lower camel case: alarm
  中文名   what a person calls it: 告警`

const root = resolve(process.cwd())

/** Makes a module that compiles, is tested and shows a page, and enters it in the map, the server and the web. */
async function main(args: string[]): Promise<void> {
  const [wing = '', module = '', entity = '', zhName = ''] = args
  if (!WINGS.includes(wing) || !/^[a-z]+$/.test(module) || !/^[a-z][a-zA-Z]*$/.test(entity) || !zhName) throw new Error(USAGE)
  const folder = `${root}/modules/${wing}/${module}`
  if (existsSync(folder)) throw new Error(`modules/${wing}/${module} exists already; nothing was written.`)
  const names: ModuleNames = { wing, module, entity, Entity: entity.charAt(0).toUpperCase() + entity.slice(1), zhName }
  for (const [path, text] of Object.entries(moduleFiles(names))) {
    await mkdir(dirname(`${folder}/${path}`), { recursive: true })
    await writeFile(`${folder}/${path}`, text)
  }
  await enter('module-map.js', /\n}\n$/, `\n\n  '${wing}/${module}': ['foundation/organisations'],\n}\n`)
  const path = `#modules/${wing}/${module}`
  await enter(
    'apps/server/modules.ts',
    /\nimport .*\n(?!import)/,
    (found) => `${found}import { ${module}Module } from '${path}/module.ts'\n`,
  )
  await enter(
    'apps/server/modules.ts',
    /\n(\s*)\/\/ New modules above this line\.\n/,
    (found) => `\n    ${module}Module({ db: database() }),${found}`,
  )
  await enter('apps/web/pages.ts', /\nimport .*\n(?!import)/, (found) => `${found}import { ${module}Pages } from '${path}/web/pages.ts'\n`)
  await enter('apps/web/pages.ts', /\n\]/, `\n  ${module}Pages,\n]`)
  await enter('docs/glossary.md', /\n*$/, `\n| ${zhName} | ${entity} | \`${module}\` | |\n`)
  settle(names)
  process.stdout.write(`modules/${wing}/${module} stands. Next: npm run check, then its rules and its README.\n`)
}

/** Sorts and formats what was written, as the checks want it. */
function settle({ wing, module }: ModuleNames): void {
  const written = [`modules/${wing}/${module}`, 'module-map.js', 'apps/server/modules.ts', 'apps/web/pages.ts']
  const { status } = spawnSync(`${root}/node_modules/.bin/biome`, ['check', '--write', '--log-level=error', ...written], {
    cwd: root,
    stdio: 'inherit',
  })
  if (status !== 0) throw new Error('The new files do not pass Biome; see above.')
}

async function enter(file: string, at: RegExp, text: string | ((found: string) => string)): Promise<void> {
  const before = await readFile(`${root}/${file}`, 'utf8')
  const after = before.replace(at, text as never)
  if (after === before) throw new Error(`${file} has no place for a new module (${at}).`)
  await writeFile(`${root}/${file}`, after)
}

await main(process.argv.slice(2)).catch((error: Error) => {
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
})
