import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'

const USAGE = `npm run new-driver -- <folder> <label> [中文名]
  folder  the protocol's word, lower case, hyphens allowed: ethernet-ip
  label   what people call it: EtherNet/IP
  中文名   where it has a Chinese name: 水表协议 CJ/T 188`

const root = resolve(process.cwd())
const template = join(import.meta.dirname, 'template')

/** Makes a driver of a small text protocol that passes the contract test, and enters it in the list of protocols; then it is made the real one. */
async function main([folder = '', label = '', zhLabel = label]: string[]): Promise<void> {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(folder) || label === '') throw new Error(USAGE)
  const target = `${root}/edge/drivers/${folder}`
  if (existsSync(target)) throw new Error(`edge/drivers/${folder} exists already; nothing was written.`)
  const camel = folder.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())
  const names: [RegExp, string][] = [
    [/example-protocol/g, folder],
    [/exampleProtocol/g, camel],
    [/ExampleProtocol/g, camel.charAt(0).toUpperCase() + camel.slice(1)],
    [/^# Example protocol|(?<=en: ')Example protocol/gm, label],
    [/(?<=zh: ')示例协议/g, zhLabel],
    [/#edge\/drivers\//g, '../'],
    [/#edge\/(?=clock|wire\/)/g, '../../'],
  ]
  await mkdir(target)
  for (const file of await readdir(template)) {
    const text = await readFile(join(template, file), 'utf8')
    await writeFile(
      `${target}/${file}`,
      names.reduce((made, [found, name]) => made.replace(found, () => name.replaceAll("'", '’')), text),
    )
  }
  const list = 'edge/drivers/protocols.ts'
  await enter(list, /^import .*\n/m, (first) => `import { ${camel} } from './${folder}/config.ts'\n${first}`)
  await enter(
    list,
    /\n(\s*)\/\/ New protocols above this line\.\n/,
    (mark) => `\n  ${camel === folder ? camel : `'${folder}': ${camel}`},${mark}`,
  )
  const makers = 'edge/gateway/drivers.ts'
  if (existsSync(`${root}/${makers}`)) {
    const maker = `make${camel.charAt(0).toUpperCase()}${camel.slice(1)}Driver`
    await enter(makers, /^import .*\n/m, (first) => `import { ${maker} } from '../drivers/${folder}/driver.ts'\n${first}`)
    await enter(
      makers,
      /\n(\s*)\/\/ New drivers above this line\.\n/,
      (mark) => `\n  ${camel === folder ? camel : `'${folder}'`}: ${maker},${mark}`,
    )
  }
  settle([`edge/drivers/${folder}`, list, ...(existsSync(`${root}/${makers}`) ? [makers] : [])])
  process.stdout.write(`edge/drivers/${folder} stands. Next: npm test -- edge/drivers/${folder}, then the real protocol in its place.\n`)
}

/** Sorts and formats what was written, as the checks want it. */
function settle(written: string[]): void {
  const { status } = spawnSync(`${root}/node_modules/.bin/biome`, ['check', '--write', '--log-level=error', ...written], {
    cwd: root,
    stdio: 'inherit',
  })
  if (status !== 0) throw new Error('The new files do not pass Biome; see above.')
}

async function enter(file: string, at: RegExp, text: (found: string) => string): Promise<void> {
  const before = await readFile(`${root}/${file}`, 'utf8')
  const after = before.replace(at, text)
  if (after === before) throw new Error(`${file} has no place for a new driver (${at}).`)
  await writeFile(`${root}/${file}`, after)
}

await main(process.argv.slice(2)).catch((error: Error) => {
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
})
