import { useQuery } from '@tanstack/react-query'
import { Button, Checkbox, Empty, Input } from 'antd'
import { useState } from 'react'
import { formatDate } from '#ui/format.ts'
import { nameIn, useLocale, useWords } from '#ui/i18n.ts'
import { Loaded } from '#ui/page.tsx'
import { unitName } from '#values/units.ts'
import type { Shippable } from '../contract.ts'
import { logisticsQueries } from './queries.ts'
import { ConsignedTag } from './shipment-words.tsx'

/** Agreed lines with something left to ship, of one customer at a time. */
export function LinePicker(props: { buyerId: string | undefined; taken: readonly string[]; onPick: (lines: Shippable[]) => void }) {
  const t = useWords('logistics')
  const locale = useLocale()
  const [search, setSearch] = useState('')
  const [chosen, setChosen] = useState<ReadonlyMap<string, Shippable>>(new Map())
  const query = useQuery(logisticsQueries.shippable(search, props.buyerId))
  const buyerId = props.buyerId ?? [...chosen.values()][0]?.buyer.orgId
  const toggle = (line: Shippable) => {
    const next = new Map(chosen)
    if (!next.delete(line.scheduleLineId)) next.set(line.scheduleLineId, line)
    setChosen(next)
  }
  return (
    <div className="lg-picker">
      <div className="lg-bar">
        <Input.Search allowClear placeholder={t('pickHint')} aria-label={t('pickHint')} onSearch={setSearch} style={{ maxWidth: 320 }} />
        <Button type="primary" disabled={chosen.size === 0} onClick={() => props.onPick([...chosen.values()])}>
          {t('pick', { n: chosen.size })}
        </Button>
      </div>
      <Loaded query={query}>
        {({ lines }) => {
          const shown = lines.filter((line) => !props.taken.includes(line.scheduleLineId))
          if (shown.length === 0) return <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('nothingToShip')} />
          return (
            <ul className="lg-rows">
              {shown.map((line) => (
                <li key={line.scheduleLineId}>
                  <Checkbox
                    checked={chosen.has(line.scheduleLineId)}
                    disabled={buyerId !== undefined && line.buyer.orgId !== buyerId}
                    onChange={() => toggle(line)}
                  >
                    <span className="lg-row">
                      <span>
                        <strong>{line.materialCode}</strong> {line.materialName} <span className="ls-quiet">{line.specification}</span>{' '}
                        <ConsignedTag line={line} />
                      </span>
                      <span className="ls-quiet">
                        {nameIn(locale, line.buyer.name, line.buyer.nameEn)} · {line.orderNumber} #{line.orderLineNo}
                        {line.scheduleNo > 1 ? `.${line.scheduleNo}` : ''} · {t('dueOn', { day: formatDate(line.agreedDay) })}
                      </span>
                      <span>{t('leftOf', { left: line.left, agreed: line.agreed, unit: unitName(line.unit, locale === 'en-US') })}</span>
                    </span>
                  </Checkbox>
                </li>
              ))}
            </ul>
          )
        }}
      </Loaded>
    </div>
  )
}
