import { isIP } from 'node:net'
import type { z } from 'zod'
import type { Protocol } from '#edge/drivers/protocol.ts'
import { fieldsOf } from '#edge/drivers/protocol-fields.ts'
import { protocols } from '#edge/drivers/protocols.ts'
import type { Context } from '#kernel/context.ts'
import { addressVerdict } from '#kernel/outbound-address.ts'
import { opaque } from '#kernel/postgres.ts'
import type { PlantNodeId } from '#modules/shopfloor/plant/contract.ts'
import type { Settings } from '../contract.ts'
import { gatewayErrors } from '../errors.ts'
import { parsedSettings, placeProblems } from '../point-rows.ts'
import type { GivenSecrets } from './link-secrets.ts'
import type { Rooms } from './rooms.ts'
import type { GatewaysTx } from './tables.ts'

/** Errors: gateways.protocolUnknown. */
export function protocolOf(name: string): Protocol {
  const protocol = Object.hasOwn(protocols, name) ? protocols[name] : undefined
  if (!protocol) throw gatewayErrors.protocolUnknown({ protocol: name })
  return protocol
}

/** Settings as the protocol's schema has them, defaults filled in. Errors: gateways.settingsWrong, with a code for each field. */
export function checkedSettings(schema: z.ZodObject, settings: Settings): Settings {
  const problems = placeProblems(schema, settings)
  if (problems.length > 0) throw gatewayErrors.settingsWrong({ problems })
  return parsedSettings(schema, settings)
}

/**
 * A link's connection. An address must lie in a network that the gateway's site declared; a name is known where the gateway stands, which
 * checks it again. Secrets come apart from the rest. Errors: gateways.settingsWrong, gateways.addressNotDeclared.
 */
export async function checkedConnection(
  rooms: Rooms,
  tx: GatewaysTx,
  ctx: Context,
  { protocol, connection, siteId }: { protocol: Protocol; connection: Settings; siteId: PlantNodeId | null },
): Promise<{ settings: Settings; secrets: GivenSecrets }> {
  const fields = new Map(fieldsOf(protocol.connection).map((field) => [field.name, field]))
  const unknown = Object.keys(connection).filter((name) => !fields.has(name))
  // Left out in silence, a password that somebody sends would seem to be kept.
  if (unknown.length > 0)
    throw gatewayErrors.settingsWrong({
      problems: unknown.map((field) => ({ field, code: 'gateways.rows.unknownSetting', details: {} })),
    })
  const checked = checkedSettings(protocol.connection, connection)
  const secrets = new Map<string, string | null>()
  for (const { name, secret } of fields.values()) {
    const given = connection[name]
    if (!secret) continue
    delete checked[name]
    // Left empty in a form it stays as it is.
    if (given !== undefined && given !== '') secrets.set(name, given === null ? null : String(given))
  }
  const { host } = checked
  if (typeof host === 'string' && isIP(host) !== 0) {
    const networks = await rooms.plant.declaredNetworks(opaque(tx), siteId ?? 'all', ctx.now)
    if (addressVerdict(host, networks) !== 'declared') throw gatewayErrors.addressNotDeclared({ host })
  }
  return { settings: checked, secrets }
}
