import type { MaterialId } from '#modules/trade/materials/contract.ts'
import { agreementApi } from '#modules/trade/sourcing/agreement-contract.ts'
import { sourcingApi } from '#modules/trade/sourcing/contract.ts'
import type { ApiClient } from '../api-client.ts'

/** A request for quotation to the partner, with a question and a sealed bid of his. */
export async function populateSourcing(
  client: ApiClient,
  partner: { client: ApiClient; orgId: string },
  { materialId, unit, mark }: { materialId: string; unit: string; mark: string },
): Promise<Record<string, string>> {
  const draft = await client.call(sourcingApi.create, {
    body: {
      title: `${mark} request`,
      deadline: '2099-01-01T00:00:00Z',
      deliverTo: `${mark} store`,
      lines: [{ materialId: materialId as MaterialId, unit, quantity: '10' }],
      supplierIds: [partner.orgId as never],
    },
  })
  await client.call(sourcingApi.publish, { params: { id: draft.id }, body: { version: draft.version } })
  const [invitation] = (await partner.client.call(sourcingApi.invitations, { query: {} })).items
  if (!invitation) throw new Error('The partner was not invited.')
  const params = { id: invitation.id }
  await partner.client.call(sourcingApi.ask, { params, body: { question: `${mark} question` } })
  const line = {
    no: 1,
    netPrice: '12.5',
    taxRate: '0.13',
    leadTimeDays: null,
    minimum: null,
    validUntil: null,
    mouldOwner: 'none' as const,
    mouldCost: null,
  }
  await partner.client.call(sourcingApi.bid, { params, body: { version: invitation.version, note: `${mark} bid`, lines: [line] } })
  const [question] = (await client.call(sourcingApi.get, { params: { id: draft.id } })).questions
  const agreement = await populateAgreement(client, partner, { materialId, unit, mark })
  return { ...agreement, SourcingRequest: draft.id, SourcingInvitation: invitation.id, SourcingQuestion: question?.id ?? '' }
}

/** A scheduling agreement in force with a call-off. */
async function populateAgreement(
  client: ApiClient,
  partner: { client: ApiClient; orgId: string },
  { materialId, unit, mark }: { materialId: string; unit: string; mark: string },
): Promise<Record<string, string>> {
  const made = await client.call(agreementApi.create, {
    body: {
      kind: 'scheduling',
      supplierId: partner.orgId as never,
      title: `${mark} agreement`,
      validFrom: '2026-01-01',
      validUntil: '2099-12-31',
      noticeDays: 30,
      deliverTo: `${mark} store`,
      paymentTerms: '',
      paymentDays: null,
      overTarget: '0',
      note: `${mark} note`,
      lines: [
        {
          no: null,
          materialId: materialId as MaterialId,
          unit,
          taxRate: '0.13',
          breaks: [{ from: '0', netPrice: '12.5' }],
          targetQuantity: null,
          targetAmount: null,
        },
      ],
    },
  })
  const params = { id: made.id }
  const signed = await partner.client.call(agreementApi.sign, {
    params,
    body: { version: made.version, revision: 1, hash: made.revisions[0]?.hash ?? '' },
  })
  const lines = [{ no: 1, schedule: [{ day: '2099-01-01', quantity: '5' }] }]
  const called = await client.call(agreementApi.callOff, { params, body: { version: signed.version, note: `${mark} call-off`, lines } })
  return { PurchaseAgreement: made.id, CallOff: called.releases[0]?.id ?? '' }
}
