import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync } from 'node:fs'
import { delimiter, dirname, join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../..')

const installed = new Map<string, { node: string; packages: string }>()

/**
 * Packages whose native part has no build for the project's Node: they get a folder of their own below `.cache`, made by the machine's Node 20,
 * whose headers lie beside it. Returns that Node and the folder; throws with what is missing.
 */
export function packagesOfNode20(folder: string): { node: string; packages: string } {
  const known = installed.get(folder)
  if (known) return known
  const node = (process.env.PATH ?? '')
    .split(delimiter)
    .map((dir) => join(dir, 'node'))
    .find((program) => !program.includes('node_modules') && existsSync(program) && versionOf(program).startsWith('v20.'))
  if (!node) throw new Error('no Node 20 in PATH beside the project’s own')
  const packages = join(root, '.cache/peers', folder)
  mkdirSync(packages, { recursive: true })
  for (const file of ['package.json', 'package-lock.json']) copyFileSync(join(root, 'tests/peers', folder, file), join(packages, file))
  const prefix = dirname(dirname(node))
  const { status, stdout, stderr } = spawnSync('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: packages,
    encoding: 'utf8',
    env: { ...process.env, PATH: [dirname(node), process.env.PATH].join(delimiter), npm_config_nodedir: prefix },
  })
  if (status !== 0) throw new Error(`npm install for ${folder}: ${stdout}${stderr}`.slice(-2_000))
  const made = { node, packages }
  installed.set(folder, made)
  return made
}

const versionOf = (program: string): string => spawnSync(program, ['--version'], { encoding: 'utf8' }).stdout ?? ''
