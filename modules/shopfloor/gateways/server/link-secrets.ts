import type { Context } from '#kernel/context.ts'
import { opaque } from '#kernel/postgres.ts'
import type { SecretId } from '#modules/foundation/security/contract.ts'
import type { Settings } from '../contract.ts'
import type { Rooms } from './rooms.ts'
import type { GatewaysTx } from './tables.ts'

/** By the name of the setting. */
export type LinkSecrets = Record<string, SecretId>
/** What was sent of a link's secrets: a text is kept, null is forgotten, what is not named stays. */
export type GivenSecrets = ReadonlyMap<string, string | null>

const PURPOSE = 'gateways.link'

/** Kept, exchanged and forgotten in the link's own transaction. Returns what the link has from now on. */
export async function keepLinkSecrets(
  rooms: Rooms,
  tx: GatewaysTx,
  ctx: Context,
  { link, given, before }: { link: string; given: GivenSecrets; before: LinkSecrets },
): Promise<LinkSecrets> {
  const kept = { ...before }
  for (const [setting, secret] of given) {
    const id = kept[setting]
    const change = { purpose: PURPOSE, name: `${link} · ${setting}`, secret: secret ?? '' }
    if (secret === null) {
      if (id) await rooms.security.forget(opaque(tx), id, PURPOSE)
      delete kept[setting]
    } else if (id) await rooms.security.replace(opaque(tx), ctx, id, change)
    else kept[setting] = await rooms.security.keep(opaque(tx), ctx, change)
  }
  return kept
}

export async function forgetLinkSecrets(rooms: Rooms, tx: GatewaysTx, secrets: LinkSecrets): Promise<void> {
  for (const id of Object.values(secrets)) await rooms.security.forget(opaque(tx), id, PURPOSE)
}

/** In clear, for the gateway alone. */
export async function revealLinkSecrets(rooms: Rooms, tx: GatewaysTx, ctx: Pick<Context, 'now'>, secrets: LinkSecrets): Promise<Settings> {
  const clear: Settings = {}
  for (const [setting, id] of Object.entries(secrets)) clear[setting] = await rooms.security.reveal(opaque(tx), ctx, id, PURPOSE)
  return clear
}
