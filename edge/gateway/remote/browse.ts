import { type BrowseCommand, type CommandAnswer, wireLimits } from '#modules/shopfloor/gateways/contract.ts'
import type { Clock } from '../../clock.ts'
import { LinkLost } from '../../drivers/driver.ts'
import type { Link } from '../link/link.ts'

const WITHIN_MS = wireLimits.commandMs - 1_500
const NAME_LENGTH = 300
const ADDRESS_LENGTH = 500

/** A look into the directory of the device behind a running link. */
export async function browse(
  { linkId, at, cursor, expiresAtMs }: BrowseCommand,
  links: ReadonlyMap<string, Link>,
  clock: Clock,
  stopping: AbortSignal,
): Promise<CommandAnswer> {
  const link = links.get(linkId)
  if (!link) return { failed: 'gateways.linkFailed' }
  const leftMs = Math.max(1, Math.min(expiresAtMs - clock.nowMs(), WITHIN_MS))
  const signal = AbortSignal.any([stopping, AbortSignal.timeout(leftMs)])
  const expired = new Promise<never>((_, reject) =>
    signal.addEventListener('abort', () => reject(new LinkLost('gateways.timedOut')), { once: true }),
  )
  try {
    const found = await Promise.race([link.browse(at, cursor ?? undefined, signal), expired])
    // A place that no point table takes cannot be picked.
    const nodes = found.nodes.filter((node) => node.at.length <= ADDRESS_LENGTH).slice(0, wireLimits.browseNodes)
    return {
      nodes: nodes.map((node) => ({ ...node, name: node.name.slice(0, NAME_LENGTH), place: node.place as Record<string, string> | null })),
      cursor: found.cursor ?? null,
    }
  } catch (error) {
    if (error instanceof LinkLost)
      return { failed: error.reason, ...(Object.keys(error.details).length > 0 ? { details: error.details } : {}) }
    return { failed: signal.aborted ? 'gateways.timedOut' : 'gateways.linkFailed' }
  }
}
