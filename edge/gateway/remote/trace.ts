import type { CommandAnswer, TraceCommand } from '#modules/shopfloor/gateways/contract.ts'
import type { Link } from '../link/link.ts'
import { tracedFrame } from '../link/link-status.ts'

/** The last frames on the wire of a link, whether it is connected or not. */
export function trace({ linkId }: TraceCommand, links: ReadonlyMap<string, Link>): CommandAnswer {
  const link = links.get(linkId)
  if (!link) return { failed: 'gateways.linkFailed' }
  return { frames: link.frames().map(tracedFrame) }
}
