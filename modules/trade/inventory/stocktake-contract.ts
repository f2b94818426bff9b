import { z } from 'zod'
import { MaterialId } from '#modules/trade/materials/contract.ts'
import { NonNegativeText } from '#values/decimal.ts'
import { endpoint } from '#values/endpoint.ts'
import { idOf } from '#values/ids.ts'
import { Instant } from '#values/instant.ts'
import { listQuery, pageOf } from '#values/list.ts'
import { LocationId, LocationLabel } from './contract.ts'
import { inventoryErrors } from './errors.ts'

export const StocktakeId = idOf('Stocktake')
export type StocktakeId = z.infer<typeof StocktakeId>
export const StocktakeLineId = idOf('StocktakeLine')
export type StocktakeLineId = z.infer<typeof StocktakeLineId>

export const StocktakeState = z.enum(['counting', 'submitted', 'posted', 'cancelled'])
export type StocktakeState = z.infer<typeof StocktakeState>
export const StocktakeAction = z.enum(['count', 'submit', 'approve', 'sendBack', 'cancel'])
export type StocktakeAction = z.infer<typeof StocktakeAction>

/** The rows of one sheet; more is counted bin by bin. */
export const MAX_SHEET_LINES = 2_000

export const Stocktake = z.object({
  id: StocktakeId,
  number: z.string(),
  location: LocationLabel,
  state: StocktakeState,
  lines: z.int(),
  counted: z.int(),
  /** Lines that were counted otherwise than expected. */
  different: z.int(),
  createdAt: Instant,
  createdBy: z.string(),
  submittedBy: z.string().nullable(),
  decidedBy: z.string().nullable(),
  decidedAt: Instant.nullable(),
  version: z.int(),
})
export type Stocktake = z.infer<typeof Stocktake>

export const StocktakeLine = z.object({
  id: StocktakeLineId,
  materialId: MaterialId,
  code: z.string(),
  name: z.string(),
  specification: z.string(),
  unit: z.string(),
  owner: z.string().nullable().describe('Name of the supplier whose goods they are; null: one’s own.'),
  lot: z.string(),
  serial: z.string(),
  /** Hidden from who counts until he has. */
  expected: z.string().nullable(),
  counted: z.string().nullable(),
  difference: z.string().nullable(),
  countedBy: z.string().nullable(),
})
export type StocktakeLine = z.infer<typeof StocktakeLine>

const none = z.object({})
const one = z.object({ id: StocktakeId })
const Sheet = Stocktake.extend({ rows: z.array(StocktakeLine), mayApprove: z.boolean() })
const inState = [inventoryErrors.stocktakeNotFound, inventoryErrors.notAllowedNow, inventoryErrors.changedMeanwhile]

export const stocktakeApi = {
  stocktakes: endpoint({
    method: 'GET',
    path: '/inventory/stocktakes',
    summary: 'Stocktakes, by number.',
    permission: 'inventory.read',
    params: none,
    query: listQuery(['number']).extend({ state: StocktakeState.optional() }),
    body: z.undefined(),
    response: pageOf(Stocktake),
    errors: [],
  }),
  stocktake: endpoint({
    method: 'GET',
    path: '/inventory/stocktakes/:id',
    summary: 'The sheet of a stocktake. What the books say of a line is shown once it has been counted.',
    permission: 'inventory.read',
    params: one,
    query: none,
    body: z.undefined(),
    response: Sheet,
    errors: [inventoryErrors.stocktakeNotFound],
  }),
  printStocktake: endpoint({
    method: 'GET',
    path: '/inventory/stocktakes/:id/pdf',
    summary: 'The sheet as PDF (A4): to write on while it is counted, without what the books say; afterwards with it.',
    permission: 'inventory.read',
    params: one,
    query: none,
    body: z.undefined(),
    response: z.undefined(),
    answer: 'file',
    errors: [inventoryErrors.stocktakeNotFound],
  }),
  createStocktake: endpoint({
    method: 'POST',
    path: '/inventory/stocktakes',
    summary: 'Makes the sheet of a warehouse (what lies in no bin) or of a bin, as the books stand now.',
    permission: 'inventory.move',
    params: none,
    query: none,
    body: z.object({ locationId: LocationId }),
    response: Stocktake,
    status: 201,
    errors: [inventoryErrors.locationNotFound, inventoryErrors.locationClosed, inventoryErrors.stocktakeOpen, inventoryErrors.sheetTooLong],
  }),
  countLine: endpoint({
    method: 'POST',
    path: '/inventory/stocktakes/:id/lines/:lineId',
    summary: 'Enters what was counted; again while the sheet is open.',
    permission: 'inventory.move',
    params: one.extend({ lineId: StocktakeLineId }),
    query: none,
    body: z.object({ counted: NonNegativeText }),
    response: StocktakeLine,
    errors: [inventoryErrors.stocktakeNotFound, inventoryErrors.notAllowedNow, inventoryErrors.serialNeeded],
  }),
  addLine: endpoint({
    method: 'POST',
    path: '/inventory/stocktakes/:id/lines',
    summary: 'Enters what was found and is not on the sheet.',
    permission: 'inventory.move',
    params: one,
    query: none,
    body: z.object({
      materialId: MaterialId,
      lot: z.string().trim().max(80).nullable(),
      serial: z.string().trim().max(80).nullable(),
      counted: NonNegativeText,
    }),
    response: StocktakeLine,
    status: 201,
    errors: [
      inventoryErrors.stocktakeNotFound,
      inventoryErrors.notAllowedNow,
      inventoryErrors.materialNotFound,
      inventoryErrors.lotNeeded,
      inventoryErrors.serialNeeded,
      inventoryErrors.serialNotKept,
      inventoryErrors.sheetTooLong,
    ],
  }),
  submitStocktake: endpoint({
    method: 'POST',
    path: '/inventory/stocktakes/:id/submit',
    summary: 'All is counted: hands the sheet over for approval.',
    permission: 'inventory.move',
    params: one,
    query: none,
    body: z.object({ version: z.int() }),
    response: Stocktake,
    errors: [...inState, inventoryErrors.notAllCounted],
  }),
  decideStocktake: endpoint({
    method: 'POST',
    path: '/inventory/stocktakes/:id/decide',
    summary: 'Approves a sheet that somebody else has counted, and posts its differences; or sends it back.',
    permission: 'inventory.account',
    params: one,
    query: none,
    body: z.object({ version: z.int(), approve: z.boolean() }),
    response: Stocktake,
    errors: [...inState, inventoryErrors.ownCount, inventoryErrors.notEnough, inventoryErrors.reservedForOthers],
  }),
  cancelStocktake: endpoint({
    method: 'POST',
    path: '/inventory/stocktakes/:id/cancel',
    summary: 'Gives the sheet up; nothing is posted.',
    permission: 'inventory.move',
    params: one,
    query: none,
    body: z.object({ version: z.int() }),
    response: Stocktake,
    errors: inState,
  }),
}
