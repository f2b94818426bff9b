import { statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { bundleSdk } from '../sdk/bundle.ts'
import { root } from './source-files.ts'

// `npm run build:sdk [-- FOLDER]`: the TypeScript client as one file and its types; the server offers them for download.

for (const file of Object.values(await bundleSdk(resolve(process.argv[2] ?? join(root, 'sdk/dist')))))
  console.log(`${file}  ${Math.round(statSync(file).size / 1_000)} kB`)
