import type { OrgId } from '#values/ids.ts'
import { backgroundContext, type Context, type OrgScope } from './context.ts'

interface Doing {
  scopes: readonly OrgScope[]
  /** The job in whose name it is done. */
  job: string
  now: Date
}

/** What was found across organisations, done by each in its own name; one that fails does not keep the others from theirs. */
export async function byOrganisation<Row extends { orgId: OrgId }>(
  found: readonly Row[],
  { scopes, job, now }: Doing,
  work: (ctx: Context, own: readonly Row[]) => Promise<unknown>,
): Promise<void> {
  const rows = Map.groupBy(found, ({ orgId }) => orgId)
  const failed: unknown[] = []
  for (const scope of scopes) {
    const own = rows.get(scope.orgId)
    if (!own) continue
    try {
      await work(backgroundContext(scope, { kind: 'job', id: job }, '', now), own)
    } catch (error) {
      failed.push(error)
    }
  }
  if (failed.length > 0) throw failed[0]
}
