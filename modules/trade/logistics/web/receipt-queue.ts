import { type ApiError, isPassing } from '#ui/api.ts'
import type { ShipmentId } from '../contract.ts'
import type { Expected, Receipt, ReceiptInput } from '../receiving-contract.ts'
import type { WithoutNoticeInput } from '../without-notice-contract.ts'
import type { Counting } from './counting.ts'
import type { ChosenGoods } from './owed-goods.ts'

/** A receipt on this device, until the server has it. */
export interface Waiting {
  input: ReceiptInput | WithoutNoticeInput
  /** Empty: without a notice. */
  shipmentNumber: string
  supplierName: string
  /** Why the server refused it: somebody must look at it. */
  refused: { code: string; details: Record<string, unknown>; detail: string } | null
}

export const isOfShipment = ({ input }: Waiting, shipmentId: string): boolean => 'shipmentId' in input && input.shipmentId === shipmentId

// crypto.randomUUID exists only on https and localhost; a PDA may open the page by plain http.
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

/** What this browser keeps for one person of one organisation; a shared PDA mixes nothing up. */
export function keptFor(store: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>, orgId: string, personId: string) {
  const name = (what: string) => `lianshu.receive.${what}.${orgId}.${personId}`
  const read = <T>(what: string, otherwise: T): T => {
    try {
      const text = store.getItem(name(what))
      return text === null ? otherwise : (JSON.parse(text) as T)
    } catch {
      return otherwise
    }
  }
  const write = (what: string, value: unknown) => store.setItem(name(what), JSON.stringify(value))
  return {
    queue: () => read<Waiting[]>('queue', []),
    add: (waiting: Waiting) => write('queue', [...read<Waiting[]>('queue', []), waiting]),
    /** Read anew each time: another tab may have sent some meanwhile. */
    remove: (key: string) =>
      write(
        'queue',
        read<Waiting[]>('queue', []).filter(({ input }) => input.receiptKey !== key),
      ),
    refuse: (key: string, refused: Waiting['refused']) =>
      write(
        'queue',
        read<Waiting[]>('queue', []).map((one) => (one.input.receiptKey === key ? { ...one, refused } : one)),
      ),
    /** These goods are of none of the notices for which the receipt was refused: it is sent again. */
    insist: (key: string, notices: readonly ShipmentId[]) =>
      write(
        'queue',
        read<Waiting[]>('queue', []).map((one) =>
          one.input.receiptKey === key && 'besides' in one.input
            ? { ...one, input: { ...one.input, besides: [...new Set([...one.input.besides, ...notices])] }, refused: null }
            : one,
        ),
      ),
    /** What was chosen to be received without a notice. */
    chosen: () => read<ChosenGoods | undefined>('chosen', undefined),
    keepChosen: (chosen: ChosenGoods) => write('chosen', chosen),
    dropChosen: () => store.removeItem(name('chosen')),
    expected: () => read<Expected | undefined>('expected', undefined),
    keepExpected: (expected: Expected) => write('expected', expected),
    counting: (shipmentId: string) => read<Counting | undefined>(`count.${shipmentId}`, undefined),
    keepCounting: (shipmentId: string, counting: Counting) => write(`count.${shipmentId}`, counting),
    dropCounting: (shipmentId: string) => store.removeItem(name(`count.${shipmentId}`)),
    warehouse: () => read<string | undefined>('warehouse', undefined),
    keepWarehouse: (id: string) => write('warehouse', id),
  }
}
export type Kept = ReturnType<typeof keptFor>

export type SendOutcome = { sent: Receipt[]; refused: number; stopped: boolean }

/** Sends what waits, oldest first; stops where the network or the server does not answer. */
export async function sendWaiting(
  kept: Pick<Kept, 'queue' | 'remove' | 'refuse'>,
  send: (input: Waiting['input']) => Promise<Receipt>,
): Promise<SendOutcome> {
  const outcome: SendOutcome = { sent: [], refused: 0, stopped: false }
  for (const { input, refused } of kept.queue()) {
    if (refused) continue
    try {
      outcome.sent.push(await send(input))
      kept.remove(input.receiptKey)
    } catch (error) {
      if (isPassing(error)) return { ...outcome, stopped: true }
      const { code, details, message } = error as ApiError
      kept.refuse(input.receiptKey, { code, details, detail: message })
      outcome.refused++
    }
  }
  return outcome
}
