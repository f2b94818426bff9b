import { plantErrors } from '../errors.ts'
import { allowedBelow, type Level } from '../levels.ts'

interface Place {
  id: string
  level: Level
  siteId: string | null
  retired: boolean
}

/** Errors: plant.parentRetired, plant.levelNotAllowed. */
export function checkNesting(parent: Pick<Place, 'level' | 'retired'> | null, level: Level): void {
  if (parent?.retired) throw plantErrors.parentRetired()
  if (!allowedBelow(parent?.level ?? null).includes(level)) throw plantErrors.levelNotAllowed({ level, parentLevel: parent?.level ?? null })
}

/**
 * `ancestors` are the target's, itself included. A move never leaves the site: the history of what stands there is told in its days.
 * Errors: plant.retired, plant.cycle, plant.otherSite and those of `checkNesting`.
 */
export function checkMove(node: Place, target: Place, ancestors: readonly string[]): void {
  if (node.retired) throw plantErrors.retired()
  if (ancestors.includes(node.id)) throw plantErrors.cycle()
  checkNesting(target, node.level)
  if (node.level !== 'site' && node.siteId !== target.siteId) throw plantErrors.otherSite()
}
