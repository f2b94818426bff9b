import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import type { CheckGrant, GrantFacts, OpaqueTx } from '#kernel/postgres.ts'
import type { OrgId } from '#values/ids.ts'
import type { AgreementId, DataSet, sharingApi } from './contract.ts'

export interface SharedWith {
  agreementId: AgreementId
  orgId: OrgId
  name: string
  nameEn: string | null
}

export interface SharingPublic {
  /**
   * What another organisation opens to this one now, logged as a read. For a connection that lasts, ask again with a fresh `ctx.now`.
   * Errors: sharing.noRelation (as if unknown), sharing.notGranted.
   */
  checkGrant: CheckGrant
  /** The same without reading anything: nothing is logged, and what is not open is undefined. */
  grantsTo(ctx: Context, owner: OrgId, dataSet: DataSet): Promise<Omit<GrantFacts, 'orgId' | 'orgNo'> | undefined>
  /** With whom one's own item is shared at this moment. */
  sharedWith(tx: OpaqueTx, dataSet: DataSet, itemId: string, now: Date): Promise<SharedWith[]>
  /** For first data: as the endpoint, in its own transaction. */
  createAgreement(ctx: Context, input: z.input<typeof sharingApi.create.body>): Promise<AgreementId>
}
