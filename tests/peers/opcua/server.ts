import { type SimulatorOptions, startOpcuaSimulator } from '#edge/drivers/opcua/simulator.ts'

// A server of its own process: `server.ts OPTIONS`; says `{"port":…}`, then takes `{"name":…,"value":…,"sourceMs":…}`, `{"pulled":…}` or
// `{"tellCalls":true}` by line.

const options = JSON.parse(process.argv[2] ?? '{}') as SimulatorOptions
const simulator = await startOpcuaSimulator(options)
process.stdout.write(`${JSON.stringify({ port: simulator.port })}\n`)
process.stdin.on('end', () => void simulator.stop().then(() => process.exit(0)))
let rest = ''
process.stdin.setEncoding('utf8').on('data', (text: string) => {
  const lines = (rest + text).split('\n')
  rest = lines.pop() ?? ''
  for (const line of lines) {
    const said = JSON.parse(line) as { name: string; value: unknown; sourceMs?: number } | { pulled: boolean } | { tellCalls: true }
    if ('pulled' in said) {
      simulator.pull(said.pulled)
      continue
    }
    if ('tellCalls' in said) {
      const calls = Object.fromEntries((options.methods ?? []).map(({ name }) => [name, simulator.calls(name)]))
      process.stdout.write(`${JSON.stringify({ calls })}\n`)
      continue
    }
    const { name, value, sourceMs } = said
    simulator.set(name, value, sourceMs === undefined ? {} : { sourceMs })
  }
})
