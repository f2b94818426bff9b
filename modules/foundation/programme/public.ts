import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import type { OrgId } from '#values/ids.ts'
import type { PartnerId, programmeApi } from './contract.ts'

/** For first data, by the newest version. Errors: as the endpoints. */
export interface ProgrammePublic {
  /** A supplier that is on the platform. */
  takeIn(ctx: Context, supplier: OrgId): Promise<PartnerId>
  /** An enterprise that is not: the link is told to nobody. */
  invite(ctx: Context, invitation: z.input<typeof programmeApi.invite.body>): Promise<PartnerId>
  /** By the supplier. */
  apply(ctx: Context, id: PartnerId, application: Omit<z.input<typeof programmeApi.apply.body>, 'version' | 'consent'>): Promise<void>
  act(ctx: Context, id: PartnerId, action: Omit<z.input<typeof programmeApi.act.body>, 'version'>): Promise<void>
  admit(ctx: Context, id: PartnerId, admission: Omit<z.input<typeof programmeApi.admit.body>, 'version'>): Promise<void>
}
