import { PlusOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router'
import { formatPrice, formatQuantity, formatText } from '#ui/format.ts'
import { nameIn, useLocale, useWords } from '#ui/i18n.ts'
import { Loaded, Section, StatusTag } from '#ui/page.tsx'
import { useCan } from '#ui/session.ts'
import { writePercent } from '#values/decimal.ts'
import { unitName } from '#values/units.ts'
import type { Material } from '../contract.ts'
import type { Source } from '../supply-contract.ts'
import { materialQueries, sourceTones } from './queries.ts'
import { NewSourceDrawer } from './source-forms.tsx'

/** Who supplies the material at which price. */
export function MaterialSources({ material }: { material: Material }) {
  const t = useWords('materials')
  const canManage = useCan('materials.manageSources')
  const [adding, setAdding] = useState(false)
  return (
    <Section
      title={t('sources.ofMaterial')}
      flush
      extra={
        canManage &&
        !material.retired && (
          <Button icon={<PlusOutlined aria-hidden />} onClick={() => setAdding(true)}>
            {t('sources.add')}
          </Button>
        )
      }
    >
      <Loaded query={useQuery(materialQueries.sourcesOf(material.id))}>
        {({ items }) => (items.length === 0 ? <p className="ls-quiet mt-empty">{t('sources.none')}</p> : <Table items={items} />)}
      </Loaded>
      <NewSourceDrawer material={material} open={adding} onClose={() => setAdding(false)} />
    </Section>
  )
}

function Table({ items }: { items: Source[] }) {
  const t = useWords('materials')
  const locale = useLocale()
  const english = locale === 'en-US'
  const base = (unit: string) => unitName(unit, english)
  return (
    <div className="mt-scroll">
      <table className="mt-table">
        <thead>
          <tr>
            <th>{t('sources.supplier')}</th>
            <th>{t('sources.state')}</th>
            <th>{t('sources.supplierCode')}</th>
            <th className="mt-number">{t('prices.net')}</th>
            <th className="mt-number">{t('prices.taxRate')}</th>
            <th className="mt-number">{t('sources.leadTime')}</th>
            <th className="mt-number">{t('sources.minimum')}</th>
          </tr>
        </thead>
        <tbody>
          {items.map((source) => (
            <tr key={source.id}>
              <td>
                <Link to={`/materials/sources/${source.id}`}>{nameIn(locale, source.partnerName, source.partnerNameEn)}</Link>
              </td>
              <td data-label={t('sources.state')}>
                <StatusTag tone={sourceTones[source.state]}>{t(`sources.states.${source.state}`)}</StatusTag>
              </td>
              <td data-label={t('sources.supplierCode')}>{formatText(source.supplierCode)}</td>
              <td data-label={t('prices.net')} className="mt-number">
                {source.price
                  ? `${formatPrice(source.price.currency, source.price.netPrice)} / ${base(source.price.unit)}`
                  : t('prices.noneNow')}
              </td>
              <td data-label={t('prices.taxRate')} className="mt-number">
                {source.price ? writePercent(source.price.taxRate) : '—'}
              </td>
              <td data-label={t('sources.leadTime')} className="mt-number">
                {source.leadTimeDays === null ? '—' : t('nDays', { n: source.leadTimeDays })}
              </td>
              <td data-label={t('sources.minimum')} className="mt-number">
                {source.minimum === null ? '—' : `${formatQuantity(source.minimum)} ${base(source.baseUnit)}`}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
