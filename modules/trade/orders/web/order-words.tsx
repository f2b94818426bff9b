import { Tooltip } from 'antd'
import { nowMs } from '#ui/clock.ts'
import { EMPTY, formatDateTime } from '#ui/format.ts'
import { nameIn, type PageLocale, type Words } from '#ui/i18n.ts'
import { StatusTag, type Tone } from '#ui/page.tsx'
import { type Decimal, decimal } from '#values/decimal.ts'
import type { OrderHead } from '../contract.ts'
import type { OrderState, Side } from '../order-states.ts'

const tones: Record<OrderState, Tone> = {
  draft: 'neutral',
  awaitingApproval: 'warning',
  proposed: 'info',
  agreed: 'good',
  completed: 'good',
  closed: 'neutral',
  rejected: 'bad',
  withdrawn: 'neutral',
  cancelled: 'bad',
}

export const partnerOf = (order: Pick<OrderHead, 'side' | 'buyer' | 'supplier'>, locale: PageLocale): string => {
  const partner = order.side === 'buyer' ? order.supplier : order.buyer
  return nameIn(locale, partner.name, partner.nameEn)
}

export const StateTag = ({ order, t }: { order: Pick<OrderHead, 'state' | 'turn'>; t: Words }) => (
  <StatusTag tone={order.state === 'agreed' && order.turn ? 'info' : tones[order.state]}>{stateText(order, t)}</StatusTag>
)

export const stateText = ({ state, turn }: Pick<OrderHead, 'state' | 'turn'>, t: Words): string =>
  state === 'agreed' && turn ? t('amending') : t(`states.${state}`)

export const turnText = ({ state, turn, side }: Pick<OrderHead, 'state' | 'turn' | 'side'>, t: Words): string =>
  state === 'awaitingApproval' ? t('turns.approve') : turn === null ? EMPTY : t(turn === side ? 'turns.mine' : 'turns.theirs')

/** Until when; in words where it is over. */
export function RespondBy({ order, t }: { order: Pick<OrderHead, 'respondBy'>; t: Words }) {
  if (order.respondBy === null) return EMPTY
  const over = Date.parse(order.respondBy) < nowMs()
  const text = formatDateTime(order.respondBy)
  return over ? (
    <Tooltip title={t('unanswered')}>
      <span className="orders-late">{text}</span>
    </Tooltip>
  ) : (
    text
  )
}

/** Zero where the text is no number yet. */
export const readQuantity = (text: string | undefined): Decimal => {
  try {
    return decimal((text ?? '').trim())
  } catch {
    return 0n
  }
}

/** The partner of a list's filter: a buyer chooses among suppliers, a supplier among customers. */
export function partnerFilter(side: Side, t: Words) {
  const label = t(side === 'buyer' ? 'list.supplier' : 'list.customer')
  return { side, label, placeholder: label, allowClear: true, className: 'orders-partner' }
}
