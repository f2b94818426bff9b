import { chmodSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { build } from 'esbuild'
import { root } from './source-files.ts'

// `npm run build:gateway [-- FILE]`: the gateway as one file for a plain Node from 22.13 on.

// Packages of the older module system ask for `require`.
const banner =
  "import { createRequire as createRequireOfBundle } from 'node:module'\nconst require = createRequireOfBundle(import.meta.url)"

const outfile = resolve(process.argv[2] ?? join(root, 'edge/dist/lianshu-gateway.js'))
await build({
  entryPoints: [join(root, 'edge/gateway/main.ts')],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node22.13',
  minifySyntax: true,
  // The text stays in memory: without its blanks the process is the lighter for it.
  minifyWhitespace: true,
  legalComments: 'linked',
  // WebSocket's native accelerators: MQTT over TCP and TLS needs none. The lock of key stores on disk: the OPC UA driver has none.
  external: ['bufferutil', 'utf-8-validate', 'proper-lockfile'],
  banner: { js: `#!/usr/bin/env node\n${banner}` },
  logLevel: 'warning',
})
chmodSync(outfile, 0o755)
console.log(`${outfile}  ${Math.round(statSync(outfile).size / 1_000)} kB`)
