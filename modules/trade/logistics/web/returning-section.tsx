import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import { formatQuantity } from '#ui/format.ts'
import { useLocale, useWords } from '#ui/i18n.ts'
import { Section } from '#ui/page.tsx'
import { useCan } from '#ui/session.ts'
import { unitName } from '#values/units.ts'
import type { Shipment } from '../contract.ts'
import { logisticsQueries } from './queries.ts'
import { TakeBackForm } from './take-back-form.tsx'

const counts = ['quantity', 'cameBack', 'forgone', 'left'] as const

/** What the buyer refused or returned, and whether the supplier has it again; nothing where nothing came back. */
export function ReturningSection({ shipment }: { shipment: Shipment }) {
  const t = useWords('logistics')
  const english = useLocale() === 'en-US'
  const canTake = useCan('logistics.receive') && shipment.side === 'supplier'
  const [taking, setTaking] = useState(false)
  const { data } = useQuery(logisticsQueries.returning(shipment.id))
  if (!data || data.items.length === 0) return null
  const awaited = data.items.filter((one) => one.left !== '0')
  const shown = counts.filter((key) => key !== 'forgone' || data.items.some((one) => one.forgone !== '0'))
  return (
    <Section
      title={t('takeBack.title')}
      flush
      extra={
        canTake &&
        awaited.length > 0 && (
          <Button type="primary" onClick={() => setTaking(true)}>
            {t('takeBack.button')}
          </Button>
        )
      }
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className="lg-table" tabIndex={0} aria-label={t('takeBack.title')}>
        <table>
          <thead>
            <tr>
              <th>{t('takeBack.document')}</th>
              <th>{t('takeBack.cause')}</th>
              <th>{t('print.material')}</th>
              {shown.map((key) => (
                <th key={key} className="lg-number">
                  {t(`takeBack.${key}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {data.items.map((one) => (
              <tr key={one.id}>
                <td>{one.number}</td>
                <td>{t(`takeBack.causes.${one.cause}`)}</td>
                <td className="lg-long">
                  {one.materialCode} {one.materialName}
                </td>
                {shown.map((key) => (
                  <td key={key} className="lg-number">
                    {key === 'quantity' ? formatQuantity(one.quantity, unitName(one.unit, english)) : one[key]}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {taking && <TakeBackForm shipment={shipment} items={awaited} places={data.places} onClose={() => setTaking(false)} />}
    </Section>
  )
}
