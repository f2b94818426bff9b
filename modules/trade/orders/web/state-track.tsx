import { useWords } from '#ui/i18n.ts'
import type { Order } from '../contract.ts'
import type { OrderState } from '../order-states.ts'
import { stateText } from './order-words.tsx'

const usual: OrderState[] = ['draft', 'proposed', 'agreed', 'completed']
const sideExits: Partial<Record<OrderState, OrderState>> = {
  rejected: 'proposed',
  withdrawn: 'proposed',
  cancelled: 'agreed',
  closed: 'agreed',
}

/** The way of an order, where it stands on it, and where it left it. */
function stepsOf({ state, side, preparation, steps }: Order): OrderState[] {
  const way = usual.filter((step) => step !== 'draft' || side === 'buyer')
  if (state === 'awaitingApproval' || preparation?.approvedAt) way.splice(way.indexOf('proposed'), 0, 'awaitingApproval')
  const last = sideExits[state]
  if (!last) return way
  const from = last === 'proposed' && steps.proposedAt === null ? 'draft' : last
  return [...way.slice(0, way.indexOf(from) + 1), state]
}

export function StateTrack({ order }: { order: Order }) {
  const t = useWords('orders')
  const steps = stepsOf(order)
  const at = steps.indexOf(order.state)
  return (
    <ol className="orders-track" aria-label={t('field.state')}>
      {steps.map((step, i) => (
        <li
          key={step}
          data-at={i < at ? 'past' : i === at ? 'now' : 'later'}
          data-exit={step in sideExits || undefined}
          {...(i === at ? { 'aria-current': 'step' as const } : {})}
        >
          {i === at ? stateText(order, t) : t(`states.${step}`)}
        </li>
      ))}
    </ol>
  )
}
