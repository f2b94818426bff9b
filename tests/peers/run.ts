import { testCertificates } from '../certificates.ts'
import { openField } from '../field.ts'
import { curlTests } from './curl.ts'
import { ensureProgram } from './debian.ts'
import { mcTests } from './mc.ts'
import { libmodbusTests, pymodbusTests, serialTests } from './modbus.ts'
import { modbusPageTests } from './modbus-page.ts'
import { mosquittoTests } from './mosquitto.ts'
import { opcuaTests } from './opcua.ts'
import { pahoTests } from './paho.ts'
import { type LoneTest, Peer, type PeerTest } from './peer-test.ts'
import { replayTest } from './replayed.ts'
import { s7Tests } from './s7.ts'
import { smsTests } from './sms.ts'
import { tlsTests } from './tls.ts'
import { writtenToNodeOpcua, writtenToPymodbus } from './written.ts'

// `npm run test:peers [part of a name …]`: what this project did not write speaks to it. In CI a test that would be skipped has failed.

const filters = process.argv.slice(2)
const ci = Boolean(process.env.CI)

const suites: { needs: [string, ...string[]]; debianPackages: string; tests: readonly (PeerTest | LoneTest)[] }[] = [
  { needs: ['mosquitto_pub', '--help'], debianPackages: 'mosquitto-clients', tests: mosquittoTests },
  { needs: ['mosquitto_pub', '--help'], debianPackages: 'mosquitto-clients', tests: replayTest ? [replayTest] : [] },
  { needs: ['/usr/bin/python3', '-c', 'import paho.mqtt.client'], debianPackages: 'python3-paho-mqtt', tests: pahoTests },
  { needs: ['curl', '--version'], debianPackages: 'curl', tests: curlTests },
  {
    needs: ['sh', '-c', 'command -v openssl && command -v mosquitto_pub && command -v curl'],
    debianPackages: 'openssl mosquitto-clients curl',
    tests: tlsTests,
  },
  {
    needs: ['/usr/bin/python3', '-c', 'import pymodbus.server'],
    debianPackages: 'python3-pymodbus python3-serial python3-serial-asyncio',
    tests: [...pymodbusTests, writtenToPymodbus, ...modbusPageTests],
  },
  {
    needs: ['sh', '-c', 'command -v socat && /usr/bin/python3 -c "import pymodbus.server, serial_asyncio"'],
    debianPackages: 'socat python3-pymodbus python3-serial python3-serial-asyncio',
    tests: serialTests,
  },
  {
    needs: ['sh', '-c', 'echo "#include <modbus.h>" | gcc -I/usr/include/modbus -E - > /dev/null'],
    debianPackages: 'gcc libc6-dev libmodbus-dev',
    tests: libmodbusTests,
  },
  { needs: ['sh', '-c', 'test -x /usr/sbin/bearerbox && test -x /usr/sbin/smsbox'], debianPackages: 'kannel', tests: smsTests },
  // From npm.
  { needs: ['node', '--version'], debianPackages: 'nodejs', tests: [...opcuaTests, writtenToNodeOpcua] },
  {
    needs: ['sh', '-c', 'command -v g++ && command -v make && command -v python3'],
    debianPackages: 'g++ make python3',
    tests: [...s7Tests, ...mcTests],
  },
]

let passed = 0
let failed = 0
let skipped = 0

function skip(why: string): void {
  if (ci) failed++
  else skipped++
  console.log(`${ci ? '✘' : '–'} skipped: ${why}`)
}

async function runTest(name: string, run: () => Promise<void>): Promise<void> {
  const startedMs = performance.now()
  try {
    await run()
    passed++
    console.log(`✔ ${name} (${Math.round(performance.now() - startedMs)} ms)`)
  } catch (error) {
    failed++
    console.log(`✘ ${name}\n    ${String((error as Error).message).replaceAll('\n', '\n    ')}`)
  }
}

const point = (name: string, valueType: 'number' | 'integer' | 'boolean' | 'string', kind: 'instant' | 'counter' | 'state') => ({
  name,
  label: name,
  valueType,
  kind,
})

async function main(): Promise<void> {
  const runnable: (PeerTest | LoneTest)[] = []
  for (const { needs, debianPackages, tests } of suites) {
    const wanted = tests.filter(({ name }) => filters.length === 0 || filters.some((filter) => name.includes(filter)))
    if (wanted.length === 0) continue
    const missing = ensureProgram(needs, debianPackages)
    if (missing === undefined) runnable.push(...wanted)
    else skip(missing)
  }
  if (!replayTest && filters.length === 0) skip('no recorded data in ../shared/data/skab')
  for (const test of runnable) if ('alone' in test) await runTest(test.name, test.alone)
  const onPlatform = runnable.filter((test) => 'run' in test)
  if (onPlatform.length === 0) return
  const certificates = await testCertificates()
  const field = await openField({ certificate: certificates })
  try {
    const properties = [
      point('temperature', 'number', 'instant'),
      point('count', 'integer', 'counter'),
      point('running', 'boolean', 'state'),
      point('program', 'string', 'state'),
    ]
    const peer = new Peer(field, certificates, await field.addModel('peer', { properties }))
    for (const { name, run } of onPlatform) await runTest(name, () => run(peer))
  } finally {
    await field.stop()
    certificates.remove()
  }
}

await main().catch((error: unknown) => {
  console.error(error)
  failed++
})
if (skipped > 0) console.log(`${skipped} skipped`)
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed > 0 || passed === 0 ? 1 : 0)
