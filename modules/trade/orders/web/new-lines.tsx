import { DeleteOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Button, Input, Select, Tooltip } from 'antd'
import { useState } from 'react'
import { nowMs } from '#ui/clock.ts'
import { formatDate } from '#ui/format.ts'
import { nameIn, useLocale, useWords } from '#ui/i18n.ts'
import { useCan } from '#ui/session.ts'
import { fractionToPercent } from '#values/decimal.ts'
import type { Currency } from '#values/money.ts'
import { unitName } from '#values/units.ts'
import { DeliveryFields, newDelivery } from './delivery-fields.tsx'
import type { TypedNewLine } from './proposal-form.ts'
import { type MaterialChoice, orderQueries } from './queries.ts'

const DAY_MS = 86_400_000
let keys = 0

const lineOf = ({ material, quote }: MaterialChoice): TypedNewLine => {
  const price = quote?.price
  return {
    key: `l${++keys}`,
    materialId: material.id,
    code: material.code,
    name: material.name,
    unit: quote?.unit ?? material.baseUnit,
    listPrice: price?.netPrice ?? '',
    listTax: price?.taxRate ?? '',
    netPrice: price?.netPrice ?? '',
    taxPercent: price ? fractionToPercent(price.taxRate) : '13',
    schedule: [newDelivery(formatDate(nowMs() + (quote?.leadTimeDays ?? 7) * DAY_MS), quote?.minimum ?? '')],
  }
}

interface Props {
  supplierId: string
  currency: Currency
  lines: readonly TypedNewLine[]
  onChange: (lines: TypedNewLine[]) => void
  problem: (index: number, delivery: number | null) => string | undefined
}

/** Lines more: found among what the supplier is an approved source of. */
export function NewLines({ supplierId, currency, lines, onChange, problem }: Props) {
  const t = useWords('orders')
  const english = useLocale() === 'en-US'
  const maySetPrices = useCan('orders.setPrices')
  const change = (key: string, part: Partial<TypedNewLine>) =>
    onChange(lines.map((line) => (line.key === key ? { ...line, ...part } : line)))
  return (
    <div className="orders-new-lines">
      {lines.map((line, i) => (
        <fieldset key={line.key} className="orders-edit-line">
          <legend>
            <strong>{line.code}</strong> {line.name}
          </legend>
          <div className="orders-price-fields">
            <Tooltip title={maySetPrices ? undefined : t('edit.priceNotAllowed')}>
              <Input
                aria-label={`${line.code} ${t('edit.netPrice')}`}
                addonBefore={t('edit.netPrice')}
                addonAfter={`${currency} / ${unitName(line.unit, english)}`}
                inputMode="decimal"
                value={line.netPrice}
                disabled={!maySetPrices}
                onChange={(event) => change(line.key, { netPrice: event.target.value })}
              />
            </Tooltip>
            <Input
              aria-label={`${line.code} ${t('edit.tax')}`}
              className="orders-tax"
              addonBefore={t('edit.tax')}
              suffix="%"
              inputMode="decimal"
              value={line.taxPercent}
              disabled={!maySetPrices}
              onChange={(event) => change(line.key, { taxPercent: event.target.value })}
            />
            {line.listPrice === '' && <span className="orders-late">{t('edit.noListPrice')}</span>}
            <Button icon={<DeleteOutlined aria-hidden />} onClick={() => onChange(lines.filter((one) => one.key !== line.key))}>
              {t('edit.removeLine')}
            </Button>
          </div>
          <DeliveryFields
            label={line.code}
            unit={unitName(line.unit, english)}
            schedule={line.schedule}
            onChange={(schedule) => change(line.key, { schedule })}
            withReason={false}
            problem={(delivery) => problem(i, delivery)}
          />
          {problem(i, null) && (
            <p role="alert" className="orders-late">
              {problem(i, null)}
            </p>
          )}
        </fieldset>
      ))}
      <MaterialSearch
        key={lines.length}
        supplierId={supplierId}
        currency={currency}
        onChoose={(choice) => onChange([...lines, lineOf(choice)])}
      />
    </div>
  )
}

interface SearchProps {
  supplierId: string
  currency: Currency
  onChoose: (choice: MaterialChoice) => void
}

function MaterialSearch({ supplierId, currency, onChoose }: SearchProps) {
  const t = useWords('orders')
  const locale = useLocale()
  const [search, setSearch] = useState('')
  const found = useQuery({ ...orderQueries.materials(supplierId, currency, search), placeholderData: (before) => before })
  return (
    <Select
      aria-label={t('edit.addLine')}
      className="orders-add-line"
      placeholder={t('edit.addLine')}
      value={null}
      showSearch={{ filterOption: false, onSearch: setSearch }}
      loading={found.isFetching}
      notFoundContent={t('edit.nothingFound')}
      onChange={(id: string) => {
        const choice = found.data?.find(({ material }) => material.id === id)
        if (choice) onChoose(choice)
      }}
      options={(found.data ?? []).map(({ material, quote }) => ({
        value: material.id as string,
        disabled: quote === undefined,
        label: `${material.code} ${nameIn(locale, material.name, material.nameEn)} ${material.specification}${quote ? '' : t('edit.notASource')}`,
      }))}
    />
  )
}
