import { useQuery } from '@tanstack/react-query'
import { formatQuantity } from '#ui/format.ts'
import { useLocale, useWords } from '#ui/i18n.ts'
import { Section } from '#ui/page.tsx'
import { unitName } from '#values/units.ts'
import type { Shipment } from '../contract.ts'
import type { TransitPart } from '../transit-contract.ts'
import { logisticsQueries } from './queries.ts'

const columns = ['quantity', 'delivered', 'open', 'lost', 'apart', 'home', 'forgone'] as const

/** The supplier's own stock behind his notice; nothing where his books held none of it. */
export function TransitSection({ shipment }: { shipment: Shipment }) {
  const t = useWords('logistics')
  const locale = useLocale()
  const { data } = useQuery(logisticsQueries.transit(shipment.id))
  if (!data || data.parts.length === 0) return null
  const shown = columns.filter((key) => key === 'quantity' || data.parts.some((part) => part[key] !== '0'))
  const name = (part: TransitPart) => part.serial ?? part.lot ?? ''
  return (
    <Section title={t('transit.title')} flush>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className="lg-table" tabIndex={0} aria-label={t('transit.title')}>
        <table>
          <thead>
            <tr>
              <th>{t('transit.material')}</th>
              <th>{t('transit.lot')}</th>
              {shown.map((key) => (
                <th key={key} className="lg-number">
                  {t(`transit.${key}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {data.parts.map((part, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: one lot may have left two places
              <tr key={`${part.materialCode} ${name(part)} ${i}`}>
                <td>{part.materialCode}</td>
                <td>{name(part) || '—'}</td>
                {shown.map((key) => (
                  <td key={key} className="lg-number">
                    {key === 'quantity' ? formatQuantity(part.quantity, unitName(part.unit, locale === 'en-US')) : part[key]}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <p className="ls-quiet lg-hint">{t('transit.hint')}</p>
    </Section>
  )
}
