import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

/** One person of the demo chain: printed at each start, so that whoever started the platform can log in. */
export const DemoAccount = z.object({ login: z.string(), password: z.string(), organisation: z.string(), role: z.string() })
export type DemoAccount = z.infer<typeof DemoAccount>

const accountsFile = (dataDir: string) => join(dataDir, 'demo-accounts.json')
const fleetFile = (dataDir: string) => join(dataDir, 'simulator.json')
const stateFile = (dataDir: string) => join(dataDir, 'simulator-state.json')
const gatewayFile = (dataDir: string) => join(dataDir, 'demo-gateway.json')
const gatewayFolder = (dataDir: string) => join(dataDir, 'demo-gateway')
const removedFile = (dataDir: string) => join(dataDir, 'demo-removed')

/** Empty where none are kept. */
export const readAccounts = (dataDir: string): DemoAccount[] =>
  existsSync(accountsFile(dataDir)) ? z.array(DemoAccount).parse(JSON.parse(readFileSync(accountsFile(dataDir), 'utf8'))) : []

/** Passwords and the devices' credentials, for their owner's eyes alone. */
export function keepDemo(
  dataDir: string,
  { accounts, fleet, gateway }: { accounts: DemoAccount[]; fleet: unknown; gateway: unknown },
): void {
  writeSecret(accountsFile(dataDir), accounts)
  writeSecret(fleetFile(dataDir), fleet)
  // What an earlier gateway of this folder kept was read for another one.
  rmSync(gatewayFolder(dataDir), { recursive: true, force: true })
  writeSecret(gatewayFile(dataDir), gateway)
}

/** After it the platform makes no demo chain again in this folder, until the mark is deleted. */
export function forgetDemo(dataDir: string): void {
  writeFileSync(removedFile(dataDir), '')
  for (const file of [accountsFile, fleetFile, stateFile, gatewayFile]) rmSync(file(dataDir), { force: true })
  rmSync(gatewayFolder(dataDir), { recursive: true, force: true })
}

export const demoWasRemoved = (dataDir: string): boolean => existsSync(removedFile(dataDir))

function writeSecret(file: string, value: unknown): void {
  writeFileSync(`${file}.new`, `${JSON.stringify(value, undefined, 2)}\n`, { mode: 0o600 })
  renameSync(`${file}.new`, file)
}
