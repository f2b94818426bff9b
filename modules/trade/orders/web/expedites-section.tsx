import { formatDateTime } from '#ui/format.ts'
import { useWords } from '#ui/i18n.ts'
import { Section } from '#ui/page.tsx'
import { useCan } from '#ui/session.ts'
import type { Expedite } from '../expedite-contract.ts'
import { ExpediteActions, ExpediteAnswer } from './expedite-forms.tsx'

/** On an order: what was asked to come on another day; nothing where nobody has asked. */
export function Expedites({ expedites }: { expedites: readonly Expedite[] }) {
  const t = useWords('orders')
  const canManage = useCan('orders.manage')
  if (expedites.length === 0) return null
  return (
    <Section title={t('expedite.tab')}>
      <ol className="orders-revisions">
        {expedites.map((expedite) => (
          <li key={expedite.id}>
            <strong>
              {expedite.lineNo} · {expedite.materialCode} {expedite.materialName}
            </strong>{' '}
            {t('expedite.due')} {expedite.dueDay} → {t('expedite.wantedDay')} <strong>{expedite.wantedDay}</strong>
            <div className="ls-quiet">
              {formatDateTime(expedite.askedAt)} {expedite.askedBy}: {expedite.reason}
            </div>
            <ExpediteAnswer expedite={expedite} /> {canManage && <ExpediteActions expedite={expedite} />}
          </li>
        ))}
      </ol>
    </Section>
  )
}
