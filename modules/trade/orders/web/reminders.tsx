import { useQuery } from '@tanstack/react-query'
import { formatDateTime } from '#ui/format.ts'
import { useWords } from '#ui/i18n.ts'
import { Section } from '#ui/page.tsx'
import type { OrderId } from '../contract.ts'
import { orderQueries } from './queries.ts'

/** Who has reminded of the order; nothing where nobody has. */
export function Reminders({ id }: { id: OrderId }) {
  const t = useWords('orders')
  const { data } = useQuery(orderQueries.reminders(id))
  if (!data || data.reminders.length === 0) return null
  return (
    <Section title={t('followUp.reminders')}>
      <ol className="orders-revisions">
        {data.reminders.map((reminder) => (
          <li key={reminder.at}>
            {formatDateTime(reminder.at)} · {t(`sides.${reminder.side}`)} {reminder.person} · {t(`followUp.tabs.${reminder.reason}`)}
            {reminder.note && <div>{reminder.note}</div>}
          </li>
        ))}
      </ol>
    </Section>
  )
}
