import { useQuery } from '@tanstack/react-query'
import { Link } from 'react-router'
import { formatQuantity } from '#ui/format.ts'
import { nameIn, useLocale, useWords } from '#ui/i18n.ts'
import { Loaded } from '#ui/page.tsx'
import { unitName } from '#values/units.ts'
import { logisticsQueries } from './queries.ts'
import { ShipmentStateTag, TimeText } from './shipment-words.tsx'
import './logistics.css'

/** What suppliers have notified of a material: on its way to us, and in nobody's warehouse. */
export function Component({ materialId }: { materialId: string }) {
  const t = useWords('logistics')
  const locale = useLocale()
  const query = useQuery(logisticsQueries.coming(materialId))
  return (
    <section className="lg-coming" aria-label={t('coming.title')}>
      <h3>{t('coming.title')}</h3>
      <Loaded query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="ls-quiet">{t('coming.none')}</p>
          ) : (
            <ul>
              {items.map((one) => (
                <li key={one.lineId}>
                  <div>
                    <Link to={`/logistics/${one.shipmentId}`}>{one.number}</Link> <ShipmentStateTag state={one.state} />
                    <div className="ls-quiet">
                      {nameIn(locale, one.supplier.name, one.supplier.nameEn)} · {t('arrival')} <TimeText time={one.arrival} />
                    </div>
                  </div>
                  <strong>{formatQuantity(one.quantity, unitName(one.unit, locale === 'en-US'))}</strong>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </section>
  )
}
