import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import type { Endpoint } from '#values/endpoint.ts'
import { requestErrors } from '#values/errors.ts'
import { contracts, isMethod } from './contracts.ts'
import { methodType } from './write-types.ts'

/** `lianshu-sdk.js` and `lianshu-sdk.d.ts`: the client as one file for any Node from 20 on or a bundler, and its types. */
export async function bundleSdk(folder: string): Promise<{ script: string; types: string }> {
  const [script, types] = [join(folder, 'lianshu-sdk.js'), join(folder, 'lianshu-sdk.d.ts')]
  mkdirSync(folder, { recursive: true })
  await build({
    entryPoints: [join(import.meta.dirname, 'client.ts')],
    outfile: script,
    bundle: true,
    platform: 'neutral',
    format: 'esm',
    target: 'es2023',
    banner: { js: '// Lianshu SDK, Apache-2.0. Made from the contracts of the platform that gave it to you.' },
    define: { LIANSHU_ENDPOINTS: JSON.stringify(table()) },
    logLevel: 'warning',
  })
  writeFileSync(types, typesText())
  return { script, types }
}

const DECLARED_CODES = 'export type ErrorCode = string\n'

const methods = () =>
  Object.entries(contracts).map(([module, api]) => [module, Object.entries(api).filter(([, e]) => isMethod(e))] as const)

const rowOf = ({ method, path, answer, takes, secret, question }: Endpoint) => ({
  method,
  path,
  ...(answer && answer !== 'json' ? { answer } : {}),
  ...(takes === 'bytes' ? { bytes: true } : {}),
  ...(secret ? { secret } : {}),
  ...(question ? { question } : {}),
})

const table = () =>
  Object.fromEntries(methods().map(([module, list]) => [module, Object.fromEntries(list.map(([name, e]) => [name, rowOf(e)]))]))

function typesText(): string {
  const own = readFileSync(join(import.meta.dirname, 'types.ts'), 'utf8')
  const typeName = (module: string) => `${module[0]?.toUpperCase()}${module.slice(1)}Api`
  const interfaces = methods().map(
    ([module, list]) => `export interface ${typeName(module)} {\n${list.map(([name, e]) => methodType(name, e)).join('\n')}\n}`,
  )
  const codes = new Set([
    ...Object.values(requestErrors).map((error) => error.code),
    ...methods().flatMap(([, list]) => list.flatMap(([, e]) => e.errors.map((error) => error.code))),
    'access.invalidClient',
    'sdk.unreachable',
    'sdk.timeout',
  ])
  return [
    own.replace(
      DECLARED_CODES,
      `export type ErrorCode = ${[...codes]
        .sort()
        .map((code) => `'${code}'`)
        .join(' | ')}\n`,
    ),
    ...interfaces,
    `export interface Client extends ClientBase {\n${methods()
      .map(([module]) => `  ${module}: ${typeName(module)}`)
      .join('\n')}\n}`,
    'export declare function createClient(options: ClientOptions): Client\n',
  ].join('\n\n')
}
